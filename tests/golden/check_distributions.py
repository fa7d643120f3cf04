#!/usr/bin/env python3
"""Compares tinyml with what the code of distributions did with real models.

usage: check_distributions.py --source-dir DIR --tinyml PATH [FOLDER]...

FOLDER is one of golden_distributions/ in the shared folder ($TINYML_SHARED,
otherwise ../shared beside the repository): by default all whose distribution
tinyml has. As check_arena.py of the shared folder, with two differences that
its README explains: variables that the runtime put at the end of the arena are
no part of the plan, and where the peak is in Prepare the runtime lets
persistent memory overlay temporary memory, so that its smallest arena may lie
below the safe one that tinyml reports. Exits 77, "skipped", without the folder.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

FIGURES = ["arena_used_bytes", "head_bytes", "tail_bytes"]


def sizes(values):
    return sorted(value for value in values if value)


def plan(buffers, head):
    return sorted((buffer["size_bytes"], buffer["offset_bytes"])
                  for buffer in buffers if buffer["offset_bytes"] < head)


def operator_faults(golden, report):
    mine = {(op["subgraph"], op["index"]): op
            for op in report.get("operators", [])}
    for op in golden.get("operators", []):
        place = "operator %d of subgraph %d, %s" % (
            op["index"], op["subgraph"], op["name"])
        found = mine.get((op["subgraph"], op["index"]))
        if found is None:
            yield place + " is missing"
            continue
        if sizes(found["scratch_bytes"]) != sizes(op["scratch_bytes"]):
            yield "%s: scratch %s, measured %s" % (
                place, found["scratch_bytes"], op["scratch_bytes"])
        persistent = sum(sum(op[part]) for part in (
            "builtin_data_bytes", "init_persistent_bytes",
            "prepare_persistent_bytes"))
        if found["persistent_bytes"] != persistent:
            yield "%s: persistent %d, measured %d" % (
                place, found["persistent_bytes"], persistent)


def faults(golden, report):
    for name in FIGURES:
        if golden.get(name) is not None and report[name] != golden[name]:
            yield "%s is %d, measured %d" % (name, report[name], golden[name])
    required = golden.get("required_arena_bytes", report["required_arena_bytes"])
    overlays = report.get("peak_phase") == "prepare" and \
        required < report["required_arena_bytes"]
    if report["required_arena_bytes"] != required and not overlays:
        yield "required_arena_bytes is %d, measured %d" % (
            report["required_arena_bytes"], required)
    yield from operator_faults(golden, report)
    if golden.get("buffers") and plan(golden["buffers"], golden["head_bytes"]) \
            != plan(report["buffers"], report["head_bytes"]):
        yield "the plan differs"


def check(tinyml, model, golden):
    done = subprocess.run(
        [tinyml, "arena-size", model, "--target", golden["target"], "--format",
         "json"], capture_output=True, text=True, check=False)
    refused = done.returncode == 3
    if golden["status"] == "refused":
        return [] if refused else ["accepted, but the distribution refuses it: "
                                   + "; ".join(golden["messages"])]
    if done.returncode != 0:
        return [done.stderr.strip()]
    return list(faults(golden, json.loads(done.stdout)["targets"][0]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source-dir", required=True, type=pathlib.Path)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("folders", nargs="*")
    args = parser.parse_args()
    shared = pathlib.Path(os.environ.get("TINYML_SHARED") or
                          args.source_dir / ".." / "shared")
    root = shared / "golden_distributions"
    if not root.is_dir():
        print("skipped: no %s (set TINYML_SHARED)" % root)
        return 77
    known = {path.stem for path in
             (args.source_dir / "lib/runtime/distributions").glob("*.json")}
    failed = 0
    for folder in sorted(root.iterdir()):
        name = folder.name
        if not folder.is_dir() or (args.folders and name not in args.folders):
            continue
        if name.partition("runtime-")[2] not in known:
            print("%-44s not known" % name)
            continue
        files = [path for path in sorted(folder.glob("*.json"))
                 if path.name != "structs.json"]
        wrong = 0
        for path in files:
            golden = json.loads(path.read_text())
            model = shared / "models" / (path.stem + ".tflite")
            found = check(args.tinyml, str(model), golden)
            wrong += bool(found)
            for fault in found[:6]:
                print("%s %s: %s" % (name, path.stem, fault))
        print("%-44s %d of %d" % (name, len(files) - wrong, len(files)))
        failed += wrong
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
