#!/usr/bin/env python3
"""Converts real ONNX models, runs them and compares with ONNX Runtime.

usage: check_onnx.py --source-dir DIR --tinyml PATH [MODEL...]

Each model of the shared folder ($TINYML_SHARED, otherwise ../shared beside the
repository) that has golden outputs is converted with its inputs in ONNX's own
order and with the channels last. Outputs must agree within 1e-4 of the largest
value. With the channels last none of the models needs a TRANSPOSE; of those
that there are otherwise, each must be explained. Each is also sized for a
microcontroller and written as C++ straight from the ONNX file.
Exits 77, "skipped", where the folder is absent.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy

TOLERANCE = 1e-4
# ONNX Runtime computes a sigmoid as 0.5 + p(x) / q(x) in single precision
# (onnxruntime/core/mlas/lib/logistic.cpp), so that its small results are
# multiples of 2^-25, and 0 where a sigmoid never is. This much of a difference
# is its own.
SIGMOID_STEP = 2.0 ** -23


def arranged(values, dims):
    """ONNX's `values` as a tensor of `dims` holds them."""
    if list(values.shape) == dims:
        return values
    if values.ndim >= 3 and list(numpy.moveaxis(values, 1, -1).shape) == dims:
        return numpy.moveaxis(values, 1, -1)
    raise ValueError("the tensor is %s, ONNX has %s" % (dims, values.shape))


class Checker:
    def __init__(self, tinyml, shared, folder):
        self.tinyml = tinyml
        self.shared = shared
        self.folder = folder

    def call(self, *arguments):
        result = subprocess.run([self.tinyml, *arguments], capture_output=True,
                                text=True)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip() or result.stdout.strip())
        return result.stdout

    def check(self, name, io_layout):
        """The difference, relative to the largest value, and the number of
        TRANSPOSE operators."""
        golden = os.path.join(self.shared, "golden", "onnx", name)
        with open(os.path.join(golden, "meta.json")) as file:
            meta = json.load(file)
        converted = os.path.join(self.folder, name + ".tflite")
        explained = self.call(
            "-q", "convert", "--io-layout", io_layout, "--explain-layout",
            os.path.join(self.shared, "models", name + ".onnx"),
            "-o", converted).splitlines()
        model = json.loads(self.call("inspect", "--format", "json", converted))
        tensors = {(t["subgraph"], t["index"]): t for t in model["tensors"]}
        dims = {tensors[0, i]["name"]: tensors[0, i]["shape"]
                for i in model["inputs"] + model["outputs"]}
        arguments = []
        for i, entry in enumerate(meta["inputs"]):
            values = numpy.load(os.path.join(golden, entry["file"]))
            if io_layout == "original" and \
                    dims[entry["name"]] != list(values.shape):
                raise ValueError("input '%s' is not in ONNX's order" %
                                 entry["name"])
            path = os.path.join(self.folder, "in_%d.npy" % i)
            numpy.save(path, numpy.ascontiguousarray(
                arranged(values, dims[entry["name"]])))
            arguments += ["--input", "%s=%s" % (entry["name"], path)]
        results = os.path.join(self.folder, "out")
        os.makedirs(results, exist_ok=True)
        for old in os.listdir(results):
            os.remove(os.path.join(results, old))
        # A folder even if there is only one output.
        self.call("-q", "run", converted, "--target", "x86-64",
                  "--output", results, *arguments)
        files = sorted(os.listdir(results))
        if len(files) != len(meta["outputs"]):
            raise ValueError("%d outputs instead of %d" %
                             (len(files), len(meta["outputs"])))
        makers = {o: op["name"] for op in model["operators"]
                  for o in op["outputs"]}
        worst = 0.0
        for index, file, entry in zip(model["outputs"], files,
                                      meta["outputs"]):
            got = numpy.load(os.path.join(results, file)).astype(float)
            expected = arranged(numpy.load(os.path.join(golden, entry["file"])),
                                list(got.shape))
            step = SIGMOID_STEP if makers.get(index) == "LOGISTIC" else 0.0
            difference = numpy.abs(expected - got).max()
            worst = max(worst,
                        (difference - step) / numpy.abs(expected).max())
        transposes = sum(op["name"] == "TRANSPOSE"
                         for op in model["operators"])
        if transposes != sum(" in the order " in line for line in explained):
            raise ValueError("%d TRANSPOSE, explained as %s" %
                             (transposes, explained))
        return worst, transposes

    def check_ways(self, name):
        """The ways that bypass a .tflite file."""
        model = os.path.join(self.shared, "models", name + ".onnx")
        sizes = json.loads(self.call("-q", "arena-size", model, "--target",
                                     "cortex-m4", "--format", "json"))
        if not sizes["targets"][0]["required_arena_bytes"] > 0:
            raise ValueError("no arena size")
        source = os.path.join(self.folder, name + ".cc")
        self.call("-q", "convert", model, "-o", source)
        if not os.path.getsize(source) > os.path.getsize(model):
            raise ValueError("%s is not the whole model" % source)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("models", nargs="*")
    args = parser.parse_args()

    shared = os.environ.get("TINYML_SHARED") or os.path.join(
        args.source_dir, "..", "shared")
    golden = os.path.join(shared, "golden", "onnx")
    if not os.path.isdir(golden):
        print("skipped: no %s (set TINYML_SHARED)" % golden)
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(args.tinyml, shared, folder)
        for name in args.models or sorted(os.listdir(golden)):
            try:
                checker.check_ways(name)
            except (RuntimeError, ValueError, KeyError, OSError) as error:
                print("FAILED %s: %s" % (name, error))
                failed += 1
            for io_layout in ["original", "nhwc"]:
                try:
                    worst, transposes = checker.check(name, io_layout)
                except (RuntimeError, ValueError, KeyError) as error:
                    print("FAILED %s %s: %s" % (name, io_layout, error))
                    failed += 1
                    continue
                good = worst <= TOLERANCE and (
                    io_layout == "original" or transposes == 0)
                print("%s %s %s: differs by %.2g, %d TRANSPOSE" %
                      ("ok    " if good else "FAILED", name, io_layout, worst,
                       transposes))
                failed += 0 if good else 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
