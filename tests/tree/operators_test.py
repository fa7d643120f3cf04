#!/usr/bin/env python3
"""Checks that scripts/check_operators.py passes the tree, and fails with the
line of each kind of exception, planted in a copy.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
ROWS = "lib/model/operator_rows.inc"
TABLE = """
switch (code) {
  case BuiltinOperator::kAdd:
  case BuiltinOperator::kSub:
  case BuiltinOperator::kMul:
    return true;
"""
# File; what is replaced in it, "" for all; by what, None for no file; what must
# be said of it.
PLANTED = [
    ("lib/ops/arithmetic/mul.cc", "PrepareMul", "PrepareProduct",
     "Mul is not in lib/ops/arithmetic/mul.cc"),
    ("lib/runtime/reference/movement/pad.cc", "kPadv2", "kPad2",
     "Padv2 is not in lib/runtime/reference/movement/pad.cc"),
    ("lib/runtime/cmsis_nn/softmax.cc", "kSoftmax =", "kMaximum =",
     "Softmax is not in lib/runtime/cmsis_nn/softmax.cc"),
    ("lib/runtime/esp_nn/softmax.cc", "kSoftmax =", "kMaximum =",
     "Softmax is not in lib/runtime/esp_nn/softmax.cc"),
    ("lib/ops/layers/planted.cc", "", "",
     "lib/ops/layers/planted.cc:1: no operator has the stem planted here"),
    # The stem of another family.
    ("lib/runtime/reference/control/conv_2d.h", "", "",
     "lib/runtime/reference/control/conv_2d.h:1: no operator has the stem "
     "conv_2d here"),
    ("lib/runtime/esp_nn/conv.cc", "", "",
     "lib/runtime/esp_nn/conv.cc:1: no operator has the stem conv here"),
    ("tests/ops/movement/choice_test.cc", "", "",
     "tests/ops/movement/choice_test.cc:1: no operator has the stem choice "
     "here"),
    ("tests/ops/layers/pooling_test.cc", "TEST", None,
     "tests/ops/layers/pooling_test.cc:1: pooling has no test"),
    ("lib/report/planted.cc", "", TABLE,
     "lib/report/planted.cc:3: this says of operators what " + ROWS +
     " should"),
]


def check(root):
    """Runs the script on the tree at `root`; returns its lines."""
    done = subprocess.run(
        [sys.executable, SOURCE / "scripts/check_operators.py", root],
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
        for part in ("lib", "tests"):
            shutil.copytree(SOURCE / part, copy / part)
        for name, old, new, wanted in PLANTED:
            path = copy / name
            before = path.read_text(encoding="utf-8") if old else None
            assert before is None or old in before, (name, old)
            if new is None:
                path.unlink()
            else:
                path.write_text(before.replace(old, new) if old else new,
                                encoding="utf-8")
            lines = [line for line in check(copy) if line not in found]
            if len(lines) != 1 or not lines[0].endswith(wanted):
                print("%s: wanted\n  %s\ngot\n  %s" %
                      (name, wanted, "\n  ".join(lines)))
                failed += 1
            if before is None:
                path.unlink()
            else:
                path.write_text(before, encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
