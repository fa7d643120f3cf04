#!/usr/bin/env python3
"""Reads the numbers back out of every format of arena-size, and compares them
with the JSON report, which has to follow its schema.

usage: formats_test.py --tinyml PROGRAM
"""
import argparse
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
TESTDATA = os.path.join(HERE, "..", "..", "testdata")
SCHEMA = os.path.join(HERE, "..", "..", "schema", "arena-report.schema.json")
TARGETS = ["nano-33-ble-sense", "cortex-m55", "esp32-s3-devkitc-1"]
SVG = "{http://www.w3.org/2000/svg}"


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


class Case:
    """A model, sized in any format with the same options."""

    def __init__(self, tinyml, model, targets, *options):
        self.command = [tinyml, "arena-size", model, *options]
        for target in targets:
            self.command += ["--target", target]
        self.json = json.loads(self.format("json"))

    def format(self, name):
        run = subprocess.run(self.command + ["--format", name], check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect(run.returncode in (0, 1, 3), name, run.stderr.decode())
        return run.stdout.decode("utf-8")


def number(text):
    """What "15,120" or "+1,120 bytes (+8.0 %)" says in bytes."""
    text = text.replace("*", "").replace("unchanged", "0")
    return int(re.match(r"[+-]?[0-9,]+", text)[0].replace(",", ""))


def check_json(case):
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(case.json, schema,
                        cls=jsonschema.Draft202012Validator)
    for target in case.json["targets"]:
        if "error" in target:
            continue
        expect(sum(share["bytes"] for share in target["breakdown"]) ==
               target["arena_used_bytes"], "the breakdown does not add up")
        growth = target.get("growth", {})
        if growth.get("state") != "compared":
            continue
        parts = sum(op["persistent_change_bytes"] + op["scratch_change_bytes"] +
                    op["tensors_change_bytes"] for op in growth["operators"])
        parts += sum(share["bytes_after"] - share["bytes_before"]
                     for share in growth["shares"])
        expect(parts == growth["required_change_bytes"] ==
               target["required_arena_bytes"] - growth["required_arena_bytes"],
               "the causes do not add up:", growth)


def check_html(case):
    page = case.format("html")
    begin = '<script type="application/json" id="report">'
    start = page.index(begin) + len(begin)
    embedded = page[start:page.index("</script>", start)]
    expect("<" not in embedded, "the JSON can end its element")
    expect(json.loads(embedded) == case.json, "HTML holds another report")
    expect(not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", page) and
           not re.search(r"url\(\s*[\"']?https?:", page),
           "HTML needs the network")


def check_csv(case):
    rows = list(csv.DictReader(io.StringIO(case.format("csv"))))
    expect(len(rows) == len(case.json["targets"]), "rows of CSV")
    for row, target in zip(rows, case.json["targets"]):
        expect(row["target"] == target["target"], row)
        expect(row["error"] == target.get("error", ""), row)
        for name in ("required_arena_bytes", "arena_used_bytes", "head_bytes",
                     "tail_bytes", "peak_phase"):
            expect(row[name] == str(target.get(name, "")), name, row)
        expect(row["model"] == case.json["model"]["path"], row)
        growth = target.get("growth", {})
        if "required_change_bytes" in growth:
            expect(row["required_change_bytes"] ==
                   str(growth["required_change_bytes"]), row)
            expect(row["baseline_required_arena_bytes"] ==
                   str(growth["required_arena_bytes"]), row)


def markdown_tables(text):
    tables = []
    for line in text.splitlines():
        if not line.startswith("|"):
            tables.append([])
            continue
        tables = tables or [[]]
        tables[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|",
                                                             line)[1:-1]])
    return [table for table in tables if table]


def check_markdown(case):
    tables = markdown_tables(case.format("markdown"))
    head = tables[0][0]
    for row, target in zip(tables[0][2:], case.json["targets"]):
        cells = dict(zip(head, row))
        expect(len(row) == len(head), "cells of", row)
        expect(cells["target"] == target["target"], cells)
        if "error" in target:
            expect(cells["required arena"] == "refused", cells)
            continue
        expect(number(cells["required arena"]) ==
               target["required_arena_bytes"], cells)
        expect(number(cells["arena used"]) == target["arena_used_bytes"], cells)
        ram = target["fits"].get("ram_bytes")
        expect(cells["RAM"] == "-" if ram is None else
               number(cells["RAM"]) == ram, cells)
        growth = target.get("growth", {})
        if "required_change_bytes" in growth:
            expect(number(cells["change"]) == growth["required_change_bytes"],
                   cells)
    for table in tables[1:]:
        *parts, whole = [number(row[1]) for row in table[2:]]
        expect(sum(parts) == whole, "causes of Markdown", table)


def check_text(case):
    text = case.format("text")
    for target in case.json["targets"]:
        expect(target.get("error", "") in text, target["target"])
        for name in ("required_arena_bytes", "arena_used_bytes"):
            if name in target:
                expect(format(target[name], ",") in text, name)


def check_junit(case):
    root = ElementTree.fromstring(case.format("junit"))
    tests = list(root.iter("testcase"))
    expect(len(tests) == len(case.json["targets"]) == int(root.get("tests")),
           "number of tests")
    failures = errors = 0
    for test, target in zip(tests, case.json["targets"]):
        expect(test.get("name") == target["target"], test.attrib)
        properties = {p.get("name"): p.get("value")
                      for p in test.iter("property")}
        if "error" in target:
            expect(test.find("error").get("message") == target["error"], "error")
            errors += 1
            continue
        for name in ("required_arena_bytes", "arena_used_bytes", "head_bytes",
                     "tail_bytes"):
            expect(properties[name] == str(target[name]), name, properties)
        fits = target["fits"]
        growth = target.get("growth", {})
        bad = [name for name, right in (
            ("budget", fits.get("budget")), ("growth", growth.get("allowed")),
            ("ram", fits.get("ram")), ("flash", fits.get("flash")))
            if right is False]
        failure = test.find("failure")
        expect((failure is None) == (not bad), test.attrib, bad)
        if bad:
            failures += 1
            expect(failure.get("type") == bad[0], failure.attrib, bad)
        if "required_change_bytes" in growth:
            expect(properties["required_change_bytes"] ==
                   str(growth["required_change_bytes"]), properties)
    for suite in [root, root.find("testsuite")]:
        expect(int(suite.get("failures")) == failures and
               int(suite.get("errors")) == errors, suite.attrib)


def check_svg(tinyml, model, name, *options):
    case = Case(tinyml, model, [name], *options)
    target = case.json["targets"][0]
    root = ElementTree.fromstring(case.format("svg"))
    title, description = root.find(SVG + "title"), root.find(SVG + "desc")
    expect(root.get("role") == "img" and
           root.get("aria-labelledby").split() ==
           [title.get("id"), description.get("id")], "SVG has no name")
    expect(name in title.text, title.text)
    if "error" in target:
        expect(target["error"] in description.text, description.text)
        return
    for key in ("required_arena_bytes", "arena_used_bytes", "head_bytes",
                "tail_bytes"):
        expect(root.get("data-" + key.replace("_", "-")) == str(target[key]),
               key)
        expect(format(target[key], ",") in description.text, description.text)
    rects = {kind: [] for kind in ("tensor", "scratch", "persistent")}
    for rect in root.iter(SVG + "rect"):
        kind = (rect.get("class") or "").split()[0]
        if rect.get("data-size-bytes") and kind in rects:
            rects[kind].append(rect)
    drawn = rects["tensor"] + rects["scratch"]
    expect(len(drawn) == len(target["buffers"]), len(drawn), "rectangles")
    want = sorted((b["offset_bytes"], b["size_bytes"])
                  for b in target["buffers"])
    expect(want == sorted((int(r.get("data-offset-bytes")),
                           int(r.get("data-size-bytes"))) for r in drawn),
           "SVG draws other buffers")
    # The drawing keeps the proportions.
    tall = max(drawn, key=lambda r: int(r.get("data-size-bytes")))
    scale = float(tall.get("height")) / int(tall.get("data-size-bytes"))
    for rect in drawn + rects["persistent"]:
        expect(abs(float(rect.get("height")) -
                   scale * int(rect.get("data-size-bytes"))) < 0.02, "height")
    expect(sum(int(r.get("data-size-bytes")) for r in rects["persistent"]) ==
           target["tail_bytes"], "persistent memory of SVG")


def check(case):
    for step in (check_json, check_html, check_csv, check_markdown, check_text,
                 check_junit):
        step(case)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tinyml", required=True)
    tinyml = parser.parse_args().tinyml
    models = sorted(name for name in os.listdir(TESTDATA)
                    if name.endswith(".tflite"))
    with tempfile.TemporaryDirectory() as work:
        for name in models:
            model = os.path.join(TESTDATA, name)
            case = Case(tinyml, model, TARGETS, "--budget", "16K")
            check(case)
            check_svg(tinyml, model, "cortex-m4")
            if name not in ("keyword_int8.tflite", "control_flow.tflite"):
                continue
            # And quite different models.
            for other in ("keyword_int8.tflite", "keyword_float.tflite",
                          "gestures_with_state.tflite"):
                old = os.path.join(work, "old.json")
                with open(old, "w", encoding="utf-8") as file:
                    file.write(Case(tinyml, os.path.join(TESTDATA, other),
                                    TARGETS[:2]).format("json"))
                check(Case(tinyml, model, TARGETS, "--baseline", old,
                           "--max-growth", "1%"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
