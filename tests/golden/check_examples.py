#!/usr/bin/env python3
"""Runs the upstream examples on real samples through `tinyml run`.

usage: check_examples.py --source-dir DIR --tinyml PATH EXAMPLE

EXAMPLE is micro_speech (WAV files through the audio preprocessor and the
keyword model), person_detect (two images) or mnist_lstm (ten digits). The
samples lie in the shared folder ($TINYML_SHARED, otherwise ../shared beside the
repository); exits 77, "skipped", where that is absent. What each model is to say
is what its upstream example expects.
"""
import argparse
import os
import struct
import subprocess
import sys
import tempfile
import wave
import zlib

import numpy


def read_bmp(path):
    """The rows of an 8-bit BMP, top row first."""
    with open(path, "rb") as file:
        content = file.read()
    (offset,) = struct.unpack("<I", content[10:14])
    width, height = struct.unpack("<ii", content[18:26])
    stride = (width + 3) // 4 * 4
    rows = [content[offset + y * stride:offset + y * stride + width]
            for y in range(height)]
    return width, height, b"".join(reversed(rows))


def read_png(path):
    """The pixels of an 8-bit greyscale PNG without interlacing."""
    with open(path, "rb") as file:
        content = file.read()
    at, packed, width, height = 8, b"", 0, 0
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at:at + 8])
        body = content[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    raw, rows, above = zlib.decompress(packed), [], bytes(width)
    for y in range(height):
        kind, line = raw[y * (width + 1)], bytearray(
            raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left = line[x - 1] if x else 0
            corner = above[x - 1] if x else 0
            estimate = left + above[x] - corner
            paeth = min((left, above[x], corner),
                        key=lambda value, e=estimate: abs(e - value))
            line[x] = (line[x] + (0, left, above[x], (left + above[x]) // 2,
                                  paeth)[kind]) & 255
        above = bytes(line)
        rows.append(above)
    return width, height, b"".join(rows)


class Examples:
    def __init__(self, tinyml, shared, work):
        self.tinyml, self.shared, self.work = tinyml, shared, work

    def path(self, name):
        return os.path.join(self.work, name)

    def data(self, *names):
        return os.path.join(self.shared, "data", *names)

    def run(self, model, values, *options):
        """The output for `values`."""
        numpy.save(self.path("input.npy"), values)
        output = self.path("output.npy")
        subprocess.run(
            [self.tinyml, "run", "-q",
             os.path.join(self.shared, "models", model + ".tflite"),
             "--input", self.path("input.npy"), "--output", output, "--target", "cortex-m4",
             *options], check=True, stdout=subprocess.DEVNULL)
        return numpy.load(output)

    def micro_speech(self):
        """Windows of 30 ms every 20 ms, 40 features each, 49 of them."""
        labels = ["silence", "unknown", "yes", "no"]
        wrong = 0
        for said in ["yes", "no", "noise", "silence"]:
            with wave.open(self.data("micro_speech",
                                     said + "_1000ms.wav")) as file:
                samples = numpy.frombuffer(
                    file.readframes(file.getnframes()), "<i2")
            windows = [samples[at:at + 480]
                       for at in range(0, len(samples) - 479, 320)][:49]
            features = self.run("tflm_audio_preprocessor_int8",
                                numpy.stack(windows), "--batch")
            scores = self.run("tflm_micro_speech_quantized",
                              features.reshape(1, 1960)).ravel().tolist()
            heard = labels[scores.index(max(scores))]
            print("%-8s %-8s %s" % (said, heard, scores))
            # Upstream expects silence for noise, too.
            wrong += heard != ("silence" if said == "noise" else said)
        return wrong

    def person_detect(self):
        wrong = 0
        for name in ["person", "no_person"]:
            width, height, pixels = read_bmp(
                self.data("person_detection", name + ".bmp"))
            image = numpy.frombuffer(pixels, "i1").reshape(1, height, width, 1)
            no_person, person = self.run("tflm_person_detect", image).ravel()
            print("%-10s person %d, no person %d" % (name, person, no_person))
            wrong += (person > no_person) != (name == "person")
        return wrong

    def mnist_lstm(self):
        images = []
        for digit in range(10):
            _, _, pixels = read_png(
                self.data("mnist_lstm", "sample%d.png" % digit))
            image = numpy.frombuffer(pixels, "u1").reshape(28, 28)
            images.append(image / 255 if image.max() > 1 else image)
        digits = numpy.array(images, "<f4")
        wrong = 0
        for model in ["tflm_trained_lstm_int8", "tflm_trained_lstm"]:
            scores = self.run(model, digits, "--batch", "--reset")
            named = scores.reshape(10, -1).argmax(axis=1).tolist()
            right = sum(d == n for d, n in enumerate(named))
            print("%s: %d of 10 digits: %s" % (model, right, named))
            wrong += 10 - right
        return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("example",
                        choices=["micro_speech", "person_detect", "mnist_lstm"])
    args = parser.parse_args()
    shared = os.environ.get("TINYML_SHARED") or os.path.join(
        args.source_dir, "..", "shared")
    if not os.path.exists(os.path.join(shared, "data")):
        print("skipped: no %s (set TINYML_SHARED)" %
              os.path.join(shared, "data"))
        return 77
    with tempfile.TemporaryDirectory() as work:
        examples = Examples(os.path.abspath(args.tinyml), shared, work)
        return 1 if getattr(examples, args.example)() else 0


if __name__ == "__main__":
    sys.exit(main())
