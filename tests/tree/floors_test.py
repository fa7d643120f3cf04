#!/usr/bin/env python3
"""Checks that scripts/check_tree.py passes the tree, and fails with the line of
each kind of include that breaks its rules, planted in a copy.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# File; its text; the message expected.
PLANTED = [
    ("lib/base/planted.cc", '#include <string>\n#include "model/graph.h"\n',
     "lib/base/planted.cc:2: base includes model/graph.h: model is above it"),
    ("lib/formats/planted.h", '#include "runtime/abi/abi.h"\n',
     "lib/formats/planted.h:1: formats includes runtime/abi/abi.h: "
     "runtime is beside it"),
    ("lib/transform/planted.h", '#include "tinyml/interpreter.h"\n',
     "lib/transform/planted.h:1: transform includes tinyml/interpreter.h: "
     "exec is above it"),
    ("lib/include/tinyml/planted.h", '#include <fmt/format.h>\n',
     "lib/include/tinyml/planted.h:1: a public header includes fmt/format.h"),
    ("lib/include/tinyml/planted.h", '#include "base/text.h"\n',
     "lib/include/tinyml/planted.h:1: a public header includes base/text.h"),
    ("lib/base/file.cc", '#include <string>\n#include "base/file.h"\n',
     "lib/base/file.cc:1: the first include is not base/file.h"),
    ("lib/attic/planted.cc", "",
     "lib/attic/planted.cc:1: docs/architecture.md has no floor for attic"),
    ("lib/exec/planted.cc", '#include "attic/planted.h"\n',
     "lib/exec/planted.cc:1: attic/planted.h is in no room of "
     "docs/architecture.md"),
]


def check(root):
    """Runs the script on the tree at `root`; returns its lines."""
    done = subprocess.run(
        [sys.executable, SOURCE / "scripts/check_tree.py", root],
        stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == (1 if lines else 0), done
    return lines


def main():
    failed = 0
    found = check(SOURCE)
    if found:
        print("\n".join(found))
        failed += 1
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for part in ("lib", "apps"):
            shutil.copytree(SOURCE / part, copy / part)
        (copy / "docs").mkdir()
        shutil.copy(SOURCE / "docs/architecture.md", copy / "docs")
        for name, text, wanted in PLANTED:
            path = copy / name
            before = path.read_bytes() if path.exists() else None
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            lines = [line for line in check(copy) if line not in found]
            if lines != [wanted]:
                print("%s: wanted\n  %s\ngot\n  %s" %
                      (name, wanted, "\n  ".join(lines)))
                failed += 1
            if before is None:
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()
            else:
                path.write_bytes(before)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
