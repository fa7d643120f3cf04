#!/usr/bin/env python3
"""Writes the table of docs/hazards.md from the program's own, so that the two cannot drift apart.

usage: update_hazards_doc.py --tinyml PATH [--check]
With --check nothing is written; exit 1 if the page is not up to date.
"""

import argparse
import pathlib
import subprocess
import sys

import generated_text

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "hazards.md"


def main():
    parser = argparse.ArgumentParser(description="Writes the table of docs/hazards.md.")
    parser.add_argument("--tinyml", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    arguments = parser.parse_args()
    table = subprocess.run([arguments.tinyml, "targets", "--hazards", "--format", "markdown"], check=True,
                           stdout=subprocess.PIPE, encoding="utf-8").stdout
    return generated_text.update(PAGE, {"hazards": table.splitlines()}, "update_hazards_doc.py",
                                 " --tinyml PROGRAM", arguments.check)


if __name__ == "__main__":
    sys.exit(main())
