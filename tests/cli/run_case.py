#!/usr/bin/env python3
"""Runs black-box cases of the program and compares what it printed.

usage: run_case.py --tinyml PATH [--record] [CASE_DIR | NAME]...

A case is a folder cases/<area>/<name>/ with
    cmd      a shell script, run by bash with pipefail in a fresh folder; it may
             use $TINYML, the program, $TESTDATA, the folder of test models, and
             $NPY, which writes and shows .npy files (npy.py)
    stdout   what it must print (absent: nothing)
    stderr   what it must print there (absent: nothing)
    exit     its exit code (absent: 0)
Without arguments every case runs; NAME is "<area>/<name>" or just "<area>".
--record writes the three files from what happened: look at the difference
before you commit it. A script that exits 77 is skipped, with its stderr as the
reason.

Paths that differ from run to run are replaced before comparing: the program by
"tinyml", the folder of models by "$TESTDATA", the working folder by "$PWD", the
times of a log by "(T ms)" and "DATE TIME".
"""
import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
TESTDATA = os.path.abspath(os.path.join(HERE, "..", "..", "testdata"))
SKIPPED = 77
TIMEOUT_SECONDS = 120


def read(path, default):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return default


def find_cases(arguments):
    """The folders that `arguments` name; every case if there are none."""
    cases = []
    for argument in arguments or [CASES]:
        top = argument
        if not os.path.isdir(top):
            top = os.path.join(CASES, argument)
        found = [folder for folder, _, files in os.walk(top) if "cmd" in files]
        if not found:
            sys.exit("run_case.py: no case in " + argument)
        cases += sorted(found)
    return cases


def normaliser(replacements):
    """A function from raw output to text without this run's paths."""

    def normalise(raw):
        text = raw.decode("utf-8", "backslashreplace")
        for path, name in replacements:
            text = text.replace(path, name)
        # Of the log: how long a stage took, and when.
        text = re.sub(r"\(\d+\.\d ms\)", "(T ms)", text)
        return re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ", "DATE TIME ",
                      text, flags=re.MULTILINE)

    return normalise


def run(case, tinyml):
    """Runs a case; returns its (stdout, stderr, exit code as a line)."""
    work = os.path.realpath(tempfile.mkdtemp(prefix="tinyml_case_"))
    try:
        environment = {
            # "python3" is the interpreter that runs this.
            "PATH": os.path.dirname(sys.executable) + os.pathsep +
                    os.environ.get("PATH", ""),
            "HOME": work,
            "TMPDIR": work,
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            "TINYML": tinyml,
            "TESTDATA": TESTDATA,
            "NPY": os.path.join(HERE, "npy.py"),
        }
        for name, value in os.environ.items():
            if name.endswith("SAN_OPTIONS"):
                environment[name] = value
        done = subprocess.run(
            ["bash", "-o", "pipefail",
             os.path.join(os.path.abspath(case), "cmd")],
            cwd=work, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS, check=False)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    normalise = normaliser([(tinyml, "tinyml"), (TESTDATA, "$TESTDATA"),
                            (work, "$PWD")])
    return (normalise(done.stdout), normalise(done.stderr),
            "%d\n" % done.returncode)


def check(case, got):
    """Prints how `got` differs from the case's files; returns whether not."""
    right = True
    for name, text, default in zip(("stdout", "stderr", "exit"), got,
                                   ("", "", "0\n")):
        expected = read(os.path.join(case, name), default)
        if text == expected:
            continue
        right = False
        sys.stdout.writelines(
            line if line.endswith("\n") else line + "\n\\ no newline\n"
            for line in difflib.unified_diff(
                expected.splitlines(True), text.splitlines(True),
                "%s (expected)" % name, "%s (got)" % name))
    return right


def record(case, got):
    for name, text in zip(("stdout", "stderr", "exit"), got):
        with open(os.path.join(case, name), "w", encoding="utf-8") as file:
            file.write(text)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tinyml", default=os.environ.get("TINYML", "tinyml"))
    parser.add_argument("--record", action="store_true")
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    tinyml = shutil.which(args.tinyml)
    if tinyml is None:
        sys.exit("run_case.py: no program at " + args.tinyml)
    tinyml = os.path.abspath(tinyml)

    cases = find_cases(args.cases)
    passed = failed = skipped = 0
    for case in cases:
        name = os.path.relpath(os.path.abspath(case), CASES)
        try:
            got = run(case, tinyml)
        except subprocess.TimeoutExpired:
            print("FAIL %s: still running after %d s" % (name, TIMEOUT_SECONDS))
            failed += 1
            continue
        if got[2] == "%d\n" % SKIPPED:
            print("skipped %s: %s" % (name, got[1].strip()))
            skipped += 1
        elif args.record:
            record(case, got)
            print("recorded " + name)
            passed += 1
        elif check(case, got):
            passed += 1
        else:
            print("FAIL %s\n  re-record with: %s --tinyml %s --record %s" %
                  (name, os.path.relpath(__file__), args.tinyml, name))
            failed += 1
    if len(cases) > 1:
        print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    if failed:
        return 1
    return SKIPPED if skipped == len(cases) else 0


if __name__ == "__main__":
    sys.exit(main())
