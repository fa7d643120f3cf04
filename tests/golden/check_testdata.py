#!/usr/bin/env python3
"""Compares tinyml with what the real runtime did with the models of testdata/.

usage: check_testdata.py --source-dir DIR --tinyml PATH

The figures are in testdata/ beside this script, so that every clone can check
them. Arena figures and integer outputs must be the same to the byte; floats,
which another compiler computed, within 1e-4 of the largest.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import sys

import numpy

GOLDEN = pathlib.Path(__file__).resolve().parent / "testdata"
ARENA_FIGURES = ["arena_used_bytes", "required_arena_bytes"]
TOLERANCE = 1e-4


def call(*command):
    """The JSON that a command prints, or None with its message."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return json.loads(done.stdout), ""


def values(output):
    return numpy.frombuffer(bytes.fromhex(output["first256_hex"]), "<f4")


def same_output(got, golden):
    if golden["type"] != "float32":
        return got.get("fnv1a64") == golden["fnv1a64"]
    expected = values(golden)
    return got["bytes"] == golden["bytes"] and numpy.allclose(
        values(got), expected, rtol=0, equal_nan=True,
        atol=TOLERANCE * numpy.nanmax(numpy.abs(expected)) + 1e-6)


def arena_faults(tinyml, model, golden):
    report, error = call(tinyml, "arena-size", model, "--target",
                         golden["target"], "--format", "json")
    if golden["status"] == "refused":
        if report:
            yield "accepted, but the runtime refuses it: " + \
                "; ".join(golden["messages"])
        return
    if report is None:
        yield error
        return
    for name in ARENA_FIGURES:
        figure = report["targets"][0][name]
        if figure != golden[name]:
            yield "%s is %d, measured %d" % (name, figure, golden[name])


def run_faults(tinyml, model, golden):
    invokes = golden.get("invokes", [])
    if not invokes:
        return
    report, error = call(tinyml, "run", model, "--random-input", "305419896",
                         "--invokes", str(len(invokes)), "--target",
                         golden["target"], "--format", "json")
    if report is None:
        yield error
        return
    outputs = [[invoke["outputs"] for invoke in document]
               for document in (report["invokes"], invokes)]
    if [len(o) for o in outputs[0]] != [len(o) for o in outputs[1]]:
        yield "another number of invocations or outputs"
        return
    for i, (got_all, golden_all) in enumerate(zip(*outputs)):
        for j, (got, expected) in enumerate(zip(got_all, golden_all)):
            if not same_output(got, expected):
                yield "invocation %d, output %d: %s, measured %s" % (
                    i, j, got["first256_hex"][:32],
                    expected["first256_hex"][:32])


def faults(tinyml, source_dir, golden):
    model = source_dir / "testdata" / (golden["model"] + ".tflite")
    found = hashlib.sha256(model.read_bytes()).hexdigest()
    if found != golden["model_sha256"]:
        yield ("the file is not the one that was measured: its SHA-256 is %s, "
               "not %s. Measure it again on the runtime." %
               (found, golden["model_sha256"]))
        return
    yield from arena_faults(tinyml, model, golden)
    yield from run_faults(tinyml, model, golden)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True, type=pathlib.Path)
    parser.add_argument("--tinyml", required=True)
    args = parser.parse_args()
    checked = failed = 0
    for path in sorted(GOLDEN.glob("*/*.json")):
        golden = json.loads(path.read_text(encoding="utf-8"))
        found = list(faults(args.tinyml, args.source_dir, golden))
        for fault in found:
            print("%s, %s: %s" % (golden["model"], golden["target"], fault))
        checked += 1
        failed += bool(found)
    missing = {path.stem for path in (args.source_dir / "testdata").glob(
        "*.tflite")} - {path.stem for path in GOLDEN.glob("*/*.json")}
    for name in sorted(missing):
        print("%s: was never measured on the runtime" % name)
    print("%d of %d as measured" % (checked - failed, checked))
    return 1 if failed or missing or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
