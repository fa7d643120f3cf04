#!/usr/bin/env python3
"""Runs the shared folder's checks on a tinyml binary.

usage: check_shared.py --source-dir DIR --tinyml PATH WHAT [TARGET]

WHAT is models or operators, for the arena figures of all targets; versions, for
those of other revisions of the runtime and the kernel libraries; or run-models
or run-operators, for the results of runs on TARGET.

The shared folder ($TINYML_SHARED, otherwise ../shared beside the repository)
holds what the real runtime did for real models and for operator cases; its own
tools/check_arena.py and check_run.py compare. Exits 77, "skipped", where it is absent.
"""
import argparse
import os
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("what", choices=["models", "operators", "versions",
                                         "run-models", "run-operators"])
    parser.add_argument("target", nargs="?")
    args = parser.parse_args()

    shared = os.environ.get("TINYML_SHARED") or os.path.join(
        args.source_dir, "..", "shared")
    runs = args.what.startswith("run-")
    tool = os.path.join(shared, "tools",
                        "check_run.py" if runs else "check_arena.py")
    command = [sys.executable, tool, "-v", "--tinyml", args.tinyml]
    if args.target:
        command += ["--target", args.target]
    needed = [tool]
    if args.what.endswith("operators"):
        golden = os.path.join(shared, "ops", "golden")
        models = os.path.join(shared, "ops", "models")
        command += ["--golden", golden, "--models", models]
        needed += [golden, models]
    if args.what == "versions":
        golden = os.path.join(shared, "golden_versions")
        command += ["--golden", golden]
        needed.append(golden)
    for path in needed:
        if not os.path.exists(path):
            print("skipped: no %s (set TINYML_SHARED)" % path)
            return 77
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
