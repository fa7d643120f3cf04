#!/usr/bin/env python3
"""Runs clang-tidy on every source of a build, on all cores.

usage: tidy.py BUILD_DIR [PART_OF_A_PATH]...
A file found clean is remembered by a hash of what the compiler reads (its text
and every header's, the command, the checks, the version of clang-tidy), and not
looked at again until that changes.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

TIDY = "clang-tidy-14"
CLANG = "clang++"
SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The path-sensitive analyzer costs more than all other checks together; it looks
# at the product, not at the tests.
ANALYSED = (os.path.join(SOURCE, "lib") + os.sep,
            os.path.join(SOURCE, "apps") + os.sep)
CACHE = os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
    "tinyml-tidy")


def preprocessed(entry):
    """What the compiler reads, or None if it does not preprocess."""
    words = shlex.split(entry["command"])
    # ccache and g++ stand before the flags; clang reads what clang-tidy will.
    flags = [word for word in words if word.startswith(("-I", "-D", "-std"))]
    for i, word in enumerate(words):
        if word == "-isystem":
            flags += words[i:i + 2]
    done = subprocess.run([CLANG, "-E", "-P", "-CC", *flags, entry["file"]],
                          cwd=entry["directory"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return done.stdout if done.returncode == 0 else None


def tidy(build, entry, salt):
    """Returns the findings in one file, or "" if there are none."""
    text = preprocessed(entry)
    stamp = None
    if text is not None:
        key = hashlib.sha256(salt + text).hexdigest()
        stamp = os.path.join(CACHE, key)
        if os.path.exists(stamp):
            return ""
    # The build is g++'s: clang does not know all of its warnings.
    command = [TIDY, "--quiet", "-p", build,
               "--extra-arg=-Wno-unknown-warning-option"]
    if not entry["file"].startswith(ANALYSED):
        command.append("--checks=-clang-analyzer-*")
    done = subprocess.run(
        [*command, entry["file"]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        if stamp:
            with open(stamp, "w", encoding="utf-8"):
                pass
        return ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    noise = re.compile(r"^\d+ warnings? (generated|treated)|^Suppressed ")
    return "\n".join(line for line in lines if not noise.search(line))


def main():
    build = os.path.abspath(sys.argv[1])
    parts = sys.argv[2:]
    with open(os.path.join(build, "compile_commands.json"),
              encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    chosen = [
        entry for path, entry in sorted(entries.items())
        if path.startswith(SOURCE + os.sep) and not path.startswith(build)
        and (not parts or any(part in path for part in parts))
    ]
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(SOURCE, ".clang-tidy"), "rb") as file:
        salt = file.read()
    salt += subprocess.run([TIDY, "--version"], stdout=subprocess.PIPE,
                           check=True).stdout
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(lambda e: tidy(build, e, salt), chosen):
            if findings:
                failed += 1
                print(findings, flush=True)
    print("clang-tidy: %d files, %d with findings" % (len(chosen), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
