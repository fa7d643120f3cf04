#!/usr/bin/env python3
"""Runs tinyml check on every model of the shared folder for five targets.

usage: check_project.py --source-dir DIR --tinyml PATH

Every model must be in the report, with the figures that arena-size gives or the
reason for which it is refused; nothing may stop the others. Prints the time
that it took beside the processor time of all threads. Exit 77 without the
shared folder.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

TARGETS = ["cortex-m4", "cortex-m55", "cortex-m0", "esp32s3", "x86-64"]


def shared_folder(source_dir):
    folder = pathlib.Path(os.environ.get("TINYML_SHARED") or pathlib.Path(source_dir).parent / "shared")
    return folder if (folder / "models").is_dir() else None


def figures(entry):
    if "required_arena_bytes" in entry:
        return entry["required_arena_bytes"], entry["arena_used_bytes"]
    return entry.get("refused") or entry["error"]


def sized(tinyml, path):
    """What arena-size says of each target, or why it cannot read the model."""
    command = [tinyml, "arena-size", str(path), "--format", "json"]
    for target in TARGETS:
        command += ["-t", target]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if not done.stdout:
        return None
    return {entry["target"]: figures(entry) for entry in json.loads(done.stdout)["targets"]}


def check(tinyml, folder, models):
    project = {"schema_version": 1, "targets": TARGETS, "allow_refused": True,
               "models": [{"path": str(model), "name": model.name} for model in models]}
    path = pathlib.Path(folder) / "tinyml.json"
    path.write_text(json.dumps(project), encoding="utf-8")
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([tinyml, "check", str(path), "--format", "json"], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), wall, cpu


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True)
    parser.add_argument("--tinyml", required=True, type=os.path.abspath)
    arguments = parser.parse_args()
    shared = shared_folder(arguments.source_dir)
    if shared is None:
        print("no shared folder: set TINYML_SHARED")
        return 77
    models = sorted(path for path in (shared / "models").iterdir() if path.suffix in (".tflite", ".onnx"))
    with tempfile.TemporaryDirectory(prefix="tinyml_check_") as folder:
        report, wall, cpu = check(arguments.tinyml, folder, models)
    faults = []
    refused = 0
    for model, entry in zip(models, report["models"], strict=True):
        expected = sized(arguments.tinyml, model)
        if expected is None:
            if entry["targets"] or not entry["findings"]:
                faults.append("%s cannot be read, and check does not say so" % model.name)
            refused += 1
            continue
        got = {target["target"]: figures(target["now"]) for target in entry["targets"]}
        if got != expected:
            faults.append("%s: %r instead of %r" % (model.name, got, expected))
        refused += any(isinstance(value, str) for value in got.values())
    for fault in faults:
        print(fault)
    print("%d models, %d refused somewhere; %.2f s, %.2f s of processor time, %.2f of two cores" %
          (len(models), refused, wall, cpu, 2 * wall / cpu if cpu else 0))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
