#!/usr/bin/env python3
"""Runs the commands that README.md shows and refreshes their output there.

usage: update_readme.py --tinyml PATH [--check]

Every line "$ COMMAND" in a ```console block is run by bash, in order, in one
fresh folder that has testdata/ and with tinyml on the PATH; what it prints, on
stdout and stderr, replaces the lines up to the next command. --check changes
nothing and exits 1 if a line differs, so that what README.md shows is true.
"""
import argparse
import difflib
import os
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
README = os.path.join(SOURCE, "README.md")


def run(command, work, program_dir):
    environment = dict(os.environ, LC_ALL="C.UTF-8", TERM="dumb",
                       PATH=program_dir + os.pathsep + os.environ["PATH"])
    done = subprocess.run(["bash", "-c", command], cwd=work, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    lines = done.stdout.decode("utf-8").splitlines()
    # The folder's own contents are no news to the reader.
    return [line.rstrip() for line in lines if line != "testdata"]


def refreshed(text, work, program_dir):
    result = []
    inside = False
    for line in text.splitlines():
        if line == "```console":
            inside = True
        elif line == "```":
            inside = False
        elif inside and not line.startswith("$ "):
            continue  # Output of an earlier run.
        result.append(line)
        if inside and line.startswith("$ "):
            result += run(line[2:], work, program_dir)
    return "\n".join(result) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    with open(README, encoding="utf-8") as file:
        old = file.read()
    with tempfile.TemporaryDirectory() as work:
        os.symlink(os.path.join(SOURCE, "testdata"),
                   os.path.join(work, "testdata"))
        program_dir = os.path.dirname(os.path.abspath(args.tinyml))
        new = refreshed(old, work, program_dir)
    if new == old:
        return 0
    if args.check:
        sys.stdout.writelines(difflib.unified_diff(
            old.splitlines(True), new.splitlines(True), "README.md",
            "what the commands print"))
        print("refresh it with: scripts/update_readme.py --tinyml %s" %
              os.path.relpath(args.tinyml))
        return 1
    with open(README, "w", encoding="utf-8") as file:
        file.write(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
