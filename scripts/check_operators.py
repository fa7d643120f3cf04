#!/usr/bin/env python3
"""Holds the code of operators against the rows of lib/model/operator_rows.inc.

usage: check_operators.py [ROOT]

Each row's kernels are defined, and tested, where its family and stem say
(docs/architecture.md, "An operator is one row"), and each file in those rooms has
the name of a stem, begins with one, or is listed below as shared. What is a fact of an operator is a
cell: outside of the table no switch or list gives a constant for operators. Prints
`file:line: what is wrong` for each exception.
"""
import collections
import pathlib
import re
import sys

ROWS = "lib/model/operator_rows.inc"

# Helpers that operators of several stems share.
SHARED = {
    "lib/ops/arithmetic": {"int8_pairs", "int8_sum", "operands"},
    "lib/ops/layers": {"simd-inl"},
    "lib/ops/movement": {"operands", "strided_copy"},
    "lib/ops/sequence": {"requantize", "rows"},
    "lib/ops/signal": {"operands"},
    "lib/runtime/reference/layers": {"convolution", "layer_checks"},
    "lib/runtime/reference/signal": {"operands"},
    "lib/runtime/cmsis_nn": {"buffer_sizes", "conv_shape"},
    "lib/runtime/esp_nn": {"convolution", "scratch_sizes"},
}

# Passes whose own judgement of operators is no fact about these.
JUDGEMENTS = {
    "lib/transform/fuse_activations.cc": "what takes an activation without a kernel that ignores it",
    "lib/quantize/refinements/channel_paths.cc": "what scales with its operand",
    "lib/transform/remove_no_ops.cc": "what hands its operand on",
}

CASES = re.compile(
    r"(?:\bcase (?:BuiltinOperator|Op)::k\w+:\s*){3,}return [\w:.&]+;")

Row = collections.namedtuple("Row", "line id family stem cmsis_nn esp_nn")


def read_rows(path):
    """The rows with kernels, in order."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r"(OPERATOR|CUSTOM_OPERATOR)\((.*)\)$", line)
        if not match:
            continue
        # Arguments of cells such as SINCE(kReverseV2) hold no further parentheses.
        cells = [cell.strip() for cell in
                 re.split(r",(?![^()]*\))", match.group(2))]
        libraries = cells[-2:] if match.group(1) == "OPERATOR" else ["NO", "NO"]
        family, stem = cells[-4:-2] if match.group(1) == "OPERATOR" else cells[-2:]
        rows.append(Row(number, cells[0], family, stem,
                        libraries[0] != "NO", libraries[1] != "NO"))
    return rows


class Operators:
    def __init__(self, root):
        self.root = root
        self.rows = read_rows(root / ROWS)
        self.stems = collections.defaultdict(set)  # By family.
        for row in self.rows:
            self.stems[row.family].add(row.stem)

    def kernels(self):
        """Each row's kernels: the file, and what it must define."""
        for row in self.rows:
            place = "%s/%s.cc" % (row.family, row.stem)
            kernel = r"\bk%s\b *(=|\{)" % row.id
            yield row, "lib/ops/" + place, r"\bPrepare%s\(" % row.id
            yield row, "lib/runtime/reference/" + place, kernel
            for library in ("cmsis_nn", "esp_nn"):
                if getattr(row, library):
                    yield row, "lib/runtime/%s/%s.cc" % (library, row.stem), kernel

    def rooms(self):
        """Each room of operators' code with the stems that belong there."""
        everything = set.union(*self.stems.values())
        for family, stems in self.stems.items():
            for room in ("lib/ops/", "lib/runtime/reference/"):
                yield room + family, stems
        for library in ("cmsis_nn", "esp_nn"):
            yield "lib/runtime/" + library, everything

    def check(self):
        for row, name, definition in self.kernels():
            path = self.root / name
            text = path.read_text(encoding="utf-8") if path.exists() else None
            if text is None or not re.search(definition, text):
                yield "%s:%d: %s is not in %s" % (
                    ROWS, row.line, row.id, name)
        for family, stems in self.stems.items():
            for stem in sorted(stems):
                name = "tests/ops/%s/%s_test.cc" % (family, stem)
                if not (self.root / name).exists():
                    yield "%s:1: %s has no test" % (name, stem)
        for room, stems in self.rooms():
            yield from self.check_names(room, stems, SHARED.get(room, set()))
            tests = room.replace("lib/", "tests/", 1)
            yield from self.check_names(tests, stems, SHARED.get(room, set()))
        yield from self.check_facts()

    def check_names(self, room, stems, shared):
        """Files whose name is neither a stem's nor a shared helper's."""
        for path in sorted((self.root / room).glob("*")):
            name = path.stem.removesuffix("_test")
            if path.suffix not in (".cc", ".h") or name in shared:
                continue
            if not any(name == stem or name.startswith(stem + "_")
                       for stem in stems):
                yield "%s:1: no operator has the stem %s here" % (
                    path.relative_to(self.root), name)

    def check_facts(self):
        for path in sorted((self.root / "lib").rglob("*.cc")):
            name = path.relative_to(self.root).as_posix()
            if name in JUDGEMENTS:
                continue
            text = path.read_text(encoding="utf-8")
            for match in CASES.finditer(text):
                yield "%s:%d: this says of operators what %s should" % (
                    name, text.count("\n", 0, match.start()) + 1, ROWS)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                        else pathlib.Path(__file__).resolve().parent.parent)
    found = list(Operators(root).check())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
