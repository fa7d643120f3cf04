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
import array
import ast
import os
import struct
import subprocess
import sys
import tempfile
import wave
import zlib


def write_npy(path, descr, shape, data):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %r, }" % (
        descr, tuple(shape))
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
                   header.encode() + data)


def read_npy(path):
    """The shape and the raw data of a version 1 file."""
    with open(path, "rb") as file:
        content = file.read()
    (size,) = struct.unpack("<H", content[8:10])
    return ast.literal_eval(content[10:10 + size].decode())["shape"], \
        content[10 + size:]


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

    def run(self, model, values, output, *options):
        subprocess.run(
            [self.tinyml, "run", "-q",
             os.path.join(self.shared, "models", model + ".tflite"),
             "--input", values, "--output", output, "--target", "cortex-m4",
             *options], check=True, stdout=subprocess.DEVNULL)
        return read_npy(output)

    def micro_speech(self):
        """Windows of 30 ms every 20 ms, 40 features each, 49 of them."""
        labels = ["silence", "unknown", "yes", "no"]
        wrong = 0
        for said in ["yes", "no", "noise", "silence"]:
            with wave.open(self.data("micro_speech",
                                     said + "_1000ms.wav")) as file:
                samples = array.array("h", file.readframes(file.getnframes()))
            windows = [samples[at:at + 480].tobytes()
                       for at in range(0, len(samples) - 479, 320)][:49]
            write_npy(self.path("windows.npy"), "<i2", (len(windows), 480),
                      b"".join(windows))
            _, features = self.run(
                "tflm_audio_preprocessor_int8", self.path("windows.npy"),
                self.path("features.npy"), "--batch")
            write_npy(self.path("feature.npy"), "|i1", (1, 1960), features)
            _, scores = self.run("tflm_micro_speech_quantized",
                                 self.path("feature.npy"),
                                 self.path("scores.npy"))
            scores = struct.unpack("4b", scores)
            heard = labels[scores.index(max(scores))]
            print("%-8s %-8s %s" % (said, heard, scores))
            # Upstream expects silence of noise, too.
            wrong += heard != ("silence" if said == "noise" else said)
        return wrong

    def person_detect(self):
        wrong = 0
        for name in ["person", "no_person"]:
            width, height, pixels = read_bmp(
                self.data("person_detection", name + ".bmp"))
            write_npy(self.path("image.npy"), "|i1", (1, height, width, 1),
                      pixels)
            _, scores = self.run("tflm_person_detect", self.path("image.npy"),
                                 self.path("scores.npy"))
            no_person, person = struct.unpack("2b", scores)
            print("%-10s person %d, no person %d" % (name, person, no_person))
            wrong += (person > no_person) != (name == "person")
        return wrong

    def mnist_lstm(self):
        images = []
        for digit in range(10):
            _, _, pixels = read_png(
                self.data("mnist_lstm", "sample%d.png" % digit))
            largest = max(pixels)
            images.append(array.array(
                "f", [p / 255 if largest > 1 else p for p in pixels]).tobytes())
        write_npy(self.path("digits.npy"), "<f4", (10, 28, 28), b"".join(images))
        wrong = 0
        for model in ["tflm_trained_lstm_int8", "tflm_trained_lstm"]:
            shape, scores = self.run(model, self.path("digits.npy"),
                                     self.path("scores.npy"), "--batch",
                                     "--reset")
            kind = "b" if model.endswith("int8") else "f"
            values = struct.unpack("%d%s" % (shape[0] * shape[1], kind), scores)
            named = [max(range(10), key=lambda d, r=row: values[r * 10 + d])
                     for row in range(10)]
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
