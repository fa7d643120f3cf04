#!/usr/bin/env python3
"""Holds every include against the floors of docs/architecture.md.

usage: check_tree.py [ROOT]

The fenced block "floors" of that page lists the rooms, the lowest floor first. A
file includes headers of its own room and of the floors below. Public headers
include each other and tl/expected.hpp; one belongs to the lowest room with a source
that includes it first, as its own, and to none if it only has types. A source
includes its own header before all others, which shows that the header is
complete. Prints `file:line: what is wrong` for each include that does otherwise,
and for each room that the page does not list.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')
PUBLIC = "tinyml"  # The room of lib/include/tinyml/.
OPEN = ("tests", "testdata")  # They may include everything.


def room_of(path):
    """The room of a file, given from the root."""
    if path.parts[0] != "lib":
        return path.parts[0]
    return PUBLIC if path.parts[1] == "include" else path.parts[1]


def read_floors(page):
    """The rooms of docs/architecture.md, each with the number of its floor."""
    block = re.search(r"^```floors\n(.*?)^```$", page, re.M | re.S)
    if not block:
        raise SystemExit("docs/architecture.md has no block of floors")
    floors = {}
    for number, line in enumerate(block.group(1).splitlines()):
        for room in line.split():
            floors[room] = number
    return floors


def includes(path):
    """Line, quote or bracket, and name of each include of a file."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


class Tree:
    """The includes of the tree, and what may include what."""

    def __init__(self, root):
        self.root = root
        self.floors = read_floors(
            (root / "docs/architecture.md").read_text(encoding="utf-8"))
        self.files = {}  # Path from the root: its includes.
        for top in ("lib", "apps", *OPEN):
            for path in sorted((root / top).rglob("*")):
                if path.suffix in (".h", ".cc", ".inc"):
                    self.files[path.relative_to(root)] = list(includes(path))
        self.owners = {}  # Public header: the lowest room that implements it.
        for path, included in self.files.items():
            room = room_of(path)
            if (path.parts[0] != "lib" or path.suffix != ".cc" or not included
                    or room not in self.floors):
                continue
            first = included[0][2]
            owner = self.owners.get(first, room)
            if first.startswith(PUBLIC + "/"):
                self.owners[first] = min(owner, room, key=self.floors.get)

    def fault(self, room, bracket, name):
        """Why a file of `room` must not include `name`, or None if it may."""
        other = name.split("/")[0] if "/" in name else None
        if room == PUBLIC:
            theirs = bracket == "<" and "/" in name and name != "tl/expected.hpp"
            if theirs or (bracket == '"' and other != PUBLIC):
                return "a public header includes %s" % name
            return None
        if bracket == "<":
            return None
        if other == PUBLIC:
            other = self.owners.get(name, room)
        if other not in self.floors:
            return "%s is in no room of docs/architecture.md" % name
        if other == room or self.floors[other] < self.floors[room]:
            return None
        side = "above" if self.floors[other] > self.floors[room] else "beside"
        return "%s includes %s: %s is %s it" % (room, name, other, side)

    def check(self):
        """Yields the faults, as lines to print."""
        unknown = set()
        for path, included in self.files.items():
            room = room_of(path)
            if room not in (PUBLIC, *OPEN) and room not in self.floors:
                if room not in unknown:
                    yield "%s:1: docs/architecture.md has no floor for %s" % (
                        path, room)
                unknown.add(room)
                continue
            for number, bracket, name in included if room not in OPEN else []:
                wrong = self.fault(room, bracket, name)
                if wrong:
                    yield "%s:%d: %s" % (path, number, wrong)
            own = path.with_suffix(".h")
            if path.suffix == ".cc" and own in self.files:
                name = own.as_posix().removeprefix("lib/")
                if not included or included[0][2] != name:
                    yield "%s:%d: the first include is not %s" % (
                        path, included[0][0] if included else 1, name)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).resolve().parent.parent)
    found = list(Tree(root).check())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
