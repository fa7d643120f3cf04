#!/usr/bin/env python3
"""Measures tinyml beside its peers and prints a table of ratios.

usage: bench.py --tinyml PATH --generator PATH [--kib SIZE]

CPU time (user and system) of whole processes, the smallest of several runs,
peers and tinyml taking turns so that both see the same machine. The last column
is what the project wants; a miss is shown, not an error: a timing is no test.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def cpu_seconds(command):
    """Runs a command; returns its CPU time with its children's."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                   stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        process.returncode = code
        if code != 0:
            errors.seek(0)
            sys.exit("bench.py: %s: exit %d\n%s" % (
                " ".join(command), code,
                errors.read().decode("utf-8", "replace")))
    return usage.ru_utime + usage.ru_stime


def fastest(runs, *commands):
    """The smallest CPU time of each command, run in turns."""
    best = [float("inf")] * len(commands)
    for _ in range(runs):
        for i, command in enumerate(commands):
            best[i] = min(best[i], cpu_seconds(command))
    return best


def fastest_runs(runs, tinyml, model, invokes=20):
    """Seconds that an invocation takes with the fast and with the plain kernels
    of the same program, run in turns, without reading the model."""
    best = [float("inf")] * 2
    for _ in range(runs):
        for i, form in enumerate(([], ["--plain-kernels"])):
            output = subprocess.run(
                [tinyml, "run", model, "--random-input", "1", "--invokes",
                 str(invokes), "--profile", "--format", "json", *form],
                check=True, stdout=subprocess.PIPE).stdout
            total = json.loads(output)["profile"]["total_nanoseconds"]
            best[i] = min(best[i], total / invokes / 1e9)
    return best


def milliseconds(seconds):
    return "%.1f ms" % (seconds * 1000)


class Table:
    def __init__(self, *titles):
        self.rows = [titles]

    @staticmethod
    def say(what):
        print("measuring: " + what, file=sys.stderr, flush=True)

    def ratio(self, what, ours, theirs, limit):
        ratio = ours / theirs
        self.rows.append((
            what, milliseconds(ours), milliseconds(theirs),
            "1/%.1f" % (1 / ratio) if ratio < 1 else "%.2f" % ratio,
            limit[0], "yes" if ratio <= limit[1] else "NO"))

    def time(self, what, ours, limit=None):
        self.rows.append((what, milliseconds(ours), "", "") + (
            (limit[0], "yes" if ours <= limit[1] else "NO")
            if limit else ("", "")))

    def print(self):
        widths = [max(map(len, column)) for column in zip(*self.rows)]
        for row in self.rows:
            print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                            for i, (cell, width) in enumerate(zip(row, widths))
                            ).rstrip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--kib", type=int, default=4096,
                        help="size of the model that is converted")
    args = parser.parse_args()
    tinyml = os.path.abspath(args.tinyml)
    generator = os.path.abspath(args.generator)
    shared = os.environ.get("TINYML_SHARED") or os.path.join(
        SOURCE, "..", "shared")
    person_detect = os.path.join(shared, "models", "tflm_person_detect.tflite")
    keyword = os.path.join(SOURCE, "testdata", "keyword_int8.tflite")

    table = Table("CPU time", "tinyml", "peer", "ratio", "wanted", "met")
    work = tempfile.mkdtemp(prefix="tinyml_bench_")
    try:
        Table.say("convert, and the compiler (xxd's output takes a while)")

        def path(name):
            return os.path.join(work, name)

        big, chain = path("big.tflite"), path("chain.tflite")
        cpu_seconds([generator, "--weights", str(args.kib << 10), big])
        cpu_seconds([generator, "--operators", "20000", chain])

        def convert(output):
            return [tinyml, "convert", "-q", big, "-o", path(output)]

        xxd = ["sh", "-c", "xxd -i %s > %s" % (big, path("xxd.cc"))]
        table.ratio("convert %d KiB to .cc / xxd -i" % args.kib,
                    *fastest(5, convert("model.cc"), xxd), ("<= 1/10", 0.1))

        cpu_seconds(convert("model.S"))

        def compile_(source, compiler="g++"):
            return [compiler, "-c", "-I" + work, path(source), "-o",
                    path(source + ".o")]

        default, fast, peer = fastest(2, compile_("model.cc"),
                                      compile_("model.S", "gcc"),
                                      compile_("xxd.cc"))
        table.ratio("compile default .cc / compile xxd's", default, peer,
                    ("<= 1", 1))
        table.ratio("assemble .S / compile xxd's", fast, peer,
                    ("<= 1/20", 0.05))

        Table.say("arena-size")

        def size(model, *options):
            return [tinyml, "arena-size", model, *options]

        table.time("arena-size --all-targets, keyword_int8",
                   *fastest(10, size(keyword, "--all-targets")),
                   ("<= 25 ms", 0.025))
        if os.path.exists(person_detect):
            table.time("arena-size --all-targets, person_detect",
                       *fastest(10, size(person_detect, "--all-targets")),
                       ("<= 25 ms", 0.025))
            table.time("the same as JSON (1 MB)",
                       *fastest(10, size(person_detect, "--all-targets",
                                         "--format", "json")))
            Table.say("run")
            for what, model, wanted in (
                    ("int8 person_detect", person_detect, ("<= 1/10", 0.1)),
                    ("float vww_96", os.path.join(
                        shared, "models", "mlperf_vww_96_float.tflite"),
                     ("<= 1/5", 0.2))):
                table.ratio("run %s, fast / plain kernels" % what,
                            *fastest_runs(5, tinyml, model), wanted)
        else:
            print("no shared folder: person_detect is left out",
                  file=sys.stderr)
        table.time("arena-size of 20,000 operators, one target",
                   *fastest(3, size(chain, "--target", "cortex-m4")),
                   ("< 2 s", 2))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    table.print()


if __name__ == "__main__":
    main()
