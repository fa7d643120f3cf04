#!/usr/bin/env python3
"""Compares what `tinyml quantize` makes of float models with the int8 models
that their authors shipped, on the same samples, and prints the table of
docs/quantization.md.

usage: compare_quantization.py --tinyml PATH [--shared DIR] [--int16]

Calibrates on the first half of the samples and measures on the second: the
signal to noise ratio of the dequantized outputs against the float model's, in
dB. Samples are real where the shared folder has some for the model (digits,
machine sounds), otherwise smooth made-up pictures. Both models are run by
`tinyml run`.
"""
import argparse
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

import numpy

# Float model, shipped int8 model, samples.
PAIRS = [
    ("mlperf_pretrainedResnet", "mlperf_pretrainedResnet_quant", "bytes"),
    ("mlperf_vww_96_float", "mlperf_vww_96_int8", "pictures"),
    ("mlperf_model_ToyCar", "mlperf_model_ToyCar_quant_fullint", "sounds"),
    ("tinymaix_cifar10_f", "tinymaix_cifar10_q", "pictures"),
    ("tinymaix_mnist_resnet_f", "tinymaix_mnist_resnet_q", "digits"),
    ("tinymaix_mnist_valid_f", "tinymaix_mnist_valid_q", "digits"),
    ("aeq_conv_fc_mnist", "aeq_conv_fc_mnist_srq_a8w8", "digits"),
]
COUNT = 100


def pictures(shape, top):
    """Smooth waves of random direction, colour and contrast."""
    _, height, width, channels = shape
    made = []
    source = random.Random(7)
    for _ in range(COUNT):
        waves = [(source.uniform(-0.6, 0.6), source.uniform(-0.6, 0.6),
                  source.uniform(0, 6.3),
                  [source.uniform(-1, 1) for _ in range(channels)])
                 for _ in range(4)]
        base = [source.uniform(0.2, 0.8) for _ in range(channels)]
        contrast = source.uniform(0.05, 0.3)
        image = []
        for y in range(height):
            for x in range(width):
                heights = [math.sin(a * x + b * y + c) for a, b, c, _ in waves]
                for channel in range(channels):
                    value = base[channel] + source.gauss(0, 0.03)
                    for height_of, wave in zip(heights, waves):
                        value += contrast * height_of * wave[3][channel]
                    image.append(min(1.0, max(0.0, value)) * top)
        made.append(image)
    return made


def digits(folder):
    """The bitmaps of handwritten digits, as 0 to 1."""
    made = []
    for name in sorted(os.listdir(folder), key=lambda n: int(n.split(".")[0])):
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        start, = struct.unpack_from("<I", content, 10)
        width, height = struct.unpack_from("<ii", content, 18)
        bits, = struct.unpack_from("<H", content, 28)
        row = (width * bits + 31) // 32 * 4
        rows = range(height - 1, -1, -1) if height > 0 else range(-height)
        palette = content[14 + struct.unpack_from("<I", content, 14)[0]:]
        image = []
        for y in rows:
            for x in range(width):
                byte = content[start + y * row + x * bits // 8]
                image.append((palette[4 * byte] if bits == 8 else byte) / 255)
        made.append(image)
    return made


def sounds(path, size):
    values = numpy.fromfile(path, "<f4")
    # Windows that overlap by four fifths, as the benchmark cuts them.
    step = 128
    return [values[i:i + size]
            for i in range(0, len(values) - size + 1, step)]


def spread(samples):
    """Calibration and evaluation: every second one."""
    return samples[0::2], samples[1::2]


class Comparison:
    def __init__(self, tinyml, shared, folder, activations):
        self.tinyml = tinyml
        self.shared = shared
        self.folder = folder
        self.activations = activations

    def call(self, *arguments):
        return subprocess.run([self.tinyml, *arguments], check=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout

    def model(self, name):
        return os.path.join(self.shared, "models", name + ".tflite")

    def tensors(self, model, which):
        described = json.loads(self.call("inspect", "--format", "json", model))
        by_index = {tensor["index"]: tensor for tensor in described["tensors"]
                    if tensor["subgraph"] == 0}
        return [by_index[index] for index in described[which]]

    def outputs(self, model, samples):
        path = os.path.join(self.folder, "out.npy")
        self.call("run", model, "--input", samples, "--batch", "--output", path)
        tensor = self.tensors(model, "outputs")[0]
        values = numpy.load(path).astype(float)
        if tensor["type"] == "float32":
            return values
        quantization = tensor["quantization"]
        scale = quantization["scales"][0]
        zero_point = quantization["zero_points"][0]
        return (values - zero_point) * scale

    def snr(self, wanted, given):
        signal = numpy.square(wanted).sum()
        noise = numpy.square(wanted - given).sum()
        return 10 * math.log10(signal / noise) if noise else 200.0

    def samples(self, model, kind):
        shape = self.tensors(model, "inputs")[0]["shape"]
        data = os.path.join(self.shared, "data")
        if kind == "digits":
            return shape, digits(os.path.join(data, "mnist_bmp"))
        if kind == "sounds":
            return shape, sounds(
                os.path.join(data, "normal_id_01_00000000_hist_librosa.bin"),
                shape[1])
        return shape, pictures(shape, 255 if kind == "bytes" else 1)

    def row(self, name, twin, kind):
        model = self.model(name)
        shape, samples = self.samples(model, kind)
        paths = []
        for part, which in zip(spread(samples), ("calibration", "evaluation")):
            paths.append(os.path.join(self.folder, which + ".npy"))
            numpy.save(paths[-1], numpy.array(part, "<f4").reshape(
                [len(part)] + shape[1:]))
        quantized = os.path.join(self.folder, "quantized.tflite")
        self.call("quantize", model, "--calibration", paths[0], "-o", quantized,
                  "--activations", self.activations)
        wanted = self.outputs(model, paths[1])
        ours = self.snr(wanted, self.outputs(quantized, paths[1]))
        theirs = self.snr(wanted, self.outputs(self.model(twin), paths[1]))
        return ours, theirs, len(samples) // 2


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("--shared",
                        default=os.environ.get("TINYML_SHARED", "../shared"))
    parser.add_argument("--int16", action="store_true",
                        help="int16 activations instead of int8")
    arguments = parser.parse_args()
    if not os.path.isdir(os.path.join(arguments.shared, "models")):
        sys.exit("%s: no folder with models there" % arguments.shared)
    ours_are = "int16" if arguments.int16 else "int8"
    print("| model | samples | shipped int8, dB | tinyml %s, dB | gain |"
          % ours_are)
    print("|--|--|--:|--:|--:|")
    for name, twin, kind in PAIRS:
        with tempfile.TemporaryDirectory() as folder:
            comparison = Comparison(os.path.abspath(arguments.tinyml),
                                    arguments.shared, folder, ours_are)
            ours, theirs, count = comparison.row(name, twin, kind)
        print("| %s | %d %s | %.1f | %.1f | %+.1f |" % (
            name, count, "pictures" if kind == "bytes" else kind, theirs, ours,
            ours - theirs), flush=True)


if __name__ == "__main__":
    main()
