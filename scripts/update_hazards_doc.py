#!/usr/bin/env python3
"""Writes the table of docs/hazards.md from the program's own, so that the two cannot drift apart.

usage: update_hazards_doc.py --tinyml PATH [--check]
With --check nothing is written; exit 1 if the page is not up to date.
"""

import argparse
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "hazards.md"
BEGIN = "<!-- begin generated: hazards (scripts/update_hazards_doc.py) -->"
END = "<!-- end generated: hazards -->"


def main():
    parser = argparse.ArgumentParser(description="Writes the table of docs/hazards.md.")
    parser.add_argument("--tinyml", required=True, help="the program")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    arguments = parser.parse_args()
    table = subprocess.run([arguments.tinyml, "targets", "--hazards", "--format", "markdown"], check=True,
                           stdout=subprocess.PIPE, encoding="utf-8").stdout
    old = PAGE.read_text(encoding="utf-8")
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(BEGIN) > old.index(END):
        sys.exit("docs/hazards.md: the markers are missing or out of order")
    new = old.split(BEGIN)[0] + BEGIN + "\n\n" + table + "\n" + END + old.split(END)[1]
    if new == old:
        return 0
    if arguments.check:
        print("docs/hazards.md is out of date: run scripts/update_hazards_doc.py --tinyml PROGRAM", file=sys.stderr)
        return 1
    PAGE.write_text(new, encoding="utf-8")
    print("docs/hazards.md updated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
