#!/usr/bin/env python3
"""Checks what the program reports as JSON against the schemas in schema/.

usage: validate_reports.py --tinyml PATH
Exit 1 with one line per fault.
"""
import argparse
import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTDATA = ROOT / "testdata"


class ReportError(Exception):
    """A command that failed, or a report that it should not have written."""


def write_samples(folder, name, count):
    """Made-up recordings for the keyword models."""
    values = (numpy.arange(count * 490) * 37) % 101 / 50.0 - 1
    numpy.save(os.path.join(folder, name),
               values.astype("<f4").reshape(count, 49, 10, 1))


def reports(tinyml, folder):
    """Yields (what, name of its schema, document)."""
    def run(*arguments):
        done = subprocess.run([tinyml, *map(str, arguments)], cwd=folder, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise ReportError("%s: %s" % (" ".join(map(str, arguments)), done.stderr.decode()))
        return json.loads(done.stdout)

    yield from check_documents(run, folder)
    model = TESTDATA / "keyword_int8.tflite"
    yield "arena-size", "arena-report", run("arena-size", model, "--format", "json", "--all-targets",
                                            "--budget", "1M")
    yield "run", "run-report", run("run", model, "--random-input", "1", "--format", "json", "--profile",
                                   "--verify")
    count = 20
    write_samples(folder, "x.npy", count)
    numpy.save(os.path.join(folder, "labels.npy"), numpy.arange(count, dtype="<i4") % 12)
    document = run("quantize", TESTDATA / "keyword_float.tflite", "-c", "x.npy", "-o", "q.tflite", "--eval",
                   "x.npy", "--labels", "labels.npy", "--report", "r.json", "--save-stats", "s.stats",
                   "--format", "json")
    with open(os.path.join(folder, "r.json"), encoding="utf-8") as file:
        if json.load(file) != document:
            raise ReportError("quantize: --report differs from --format json")
    yield "quantize", "quantize-report", document
    yield "quantize from statistics", "quantize-report", run(
        "quantize", TESTDATA / "keyword_float.tflite", "--stats", "s.stats", "-o", "q.tflite", "--eval",
        "x.npy", "--format", "json")


def check_documents(run, folder):
    """The files of a project that has one of nearly everything, and its report."""
    for name in ("keyword_int8", "keyword_float", "hybrid_refused"):
        shutil.copy(TESTDATA / (name + ".tflite"), folder)
    write_samples(folder, "c.npy", 4)
    project = {
        "schema_version": 1, "targets": ["cortex-m4", {"target": "nano-33-ble-sense", "budget": "1M"}],
        "budget": 65536, "allow_refused": True, "accept_hazards": ["tflm-fully-connected-first-scale"],
        "models": ["hybrid_refused.tflite",
                   {"path": "keyword_int8.tflite", "strip": True, "budget": "32K",
                    "outputs": ["a.h", {"path": "b.cc", "resolver": True, "targets": ["cortex-m4"]}]},
                   {"path": "keyword_float.tflite", "name": "quantized",
                    "quantize": {"calibration": "c.npy", "fast": True, "samples": 3}}]}
    with open(os.path.join(folder, "tinyml.json"), "w", encoding="utf-8") as file:
        json.dump(project, file)
    yield "a project", "project", project
    yield "check", "check-report", run("check", "--format", "json")
    with open(os.path.join(folder, "tinyml.lock.json"), encoding="utf-8") as file:
        yield "a lock", "lock", json.load(file)
    yield "check with a lock", "check-report", run("check", "--format", "json")


def unnoticed(schema, document):
    """Yields keys whose loss the schema does not notice though it requires them."""
    for key in schema.schema["required"]:
        broken = copy.deepcopy(document)
        del broken[key]
        if schema.is_valid(broken):
            yield key


def main():
    parser = argparse.ArgumentParser(description="Checks JSON reports.")
    parser.add_argument("--tinyml", required=True, type=os.path.abspath)
    arguments = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory(prefix="tinyml_reports_") as folder:
        for what, name, document in reports(arguments.tinyml, folder):
            path = ROOT / "schema" / (name + ".schema.json")
            schema = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
            schema.check_schema(schema.schema)
            faults += ["%s: %s: %s" % (what, fault.json_path, fault.message)
                       for fault in schema.iter_errors(document)]
            faults += ["%s: the loss of %s goes unnoticed" % (what, key)
                       for key in unnoticed(schema, document)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ReportError as error:
        sys.exit(str(error))
