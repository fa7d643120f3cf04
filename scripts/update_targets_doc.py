#!/usr/bin/env python3
"""Writes the tables of docs/targets.md from the profiles, so that the two cannot drift apart.

usage: update_targets_doc.py [--check]
With --check nothing is written; exit 1 if the page is not up to date.
"""

import argparse
import sys

import generated_text
import tinyml_profiles as tp

PAGE = tp.ROOT / "docs" / "targets.md"


def size(count):
    """16384 -> '16 KiB'; a size that is not a multiple of 1 KiB is given in bytes."""
    if count % (1 << 20) == 0:
        return "%d MiB" % (count >> 20)
    if count % (1 << 10) == 0:
        return "%s KiB" % format(count >> 10, ",")
    return "%s B" % format(count, ",")


def kernels(profile):
    """'CMSIS-NN (dsp, mve)', 'ESP-NN (esp32s3)', 'reference'."""
    library = profile["kernels"]
    label = {"reference": "reference", "cmsis-nn": "CMSIS-NN", "esp-nn": "ESP-NN",
             "esp-nn-ansi": "ESP-NN, portable C"}[library["name"]]
    extra = ([library["variant"]] if "variant" in library else []) + library.get("features", [])
    return "%s (%s)" % (label, ", ".join(extra)) if extra else label


def table(header, rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return [line(header), "|" + "---|" * len(header)] + [line(row) for row in rows]


def cores(profiles):
    """The order is that of the families, not of the alphabet."""
    families = ("x86", "cortex", "esp32", "rv32")
    def rank(name):
        family = next((i for i, f in enumerate(families) if name.startswith(f)), len(families))
        digits = "".join(c for c in name if c.isdigit())
        # Within Cortex-M by number; within the others by name.
        return (family, -int(digits or 0) if family == 0 else int(digits or 0) if family == 1 else 0, name)
    rows = []
    for name in sorted((n for n, p in profiles.items() if p["kind"] == "core"), key=rank):
        profile = tp.resolve(name, profiles)
        abi = profile["abi"]
        rows.append(["`%s`" % name, profile["title"], kernels(profile), str(abi["pointer_bytes"]),
                     str(abi["int64_alignment"]), "short" if abi["short_enums"] else "int",
                     "`%s` %s" % (profile["runtime"]["revision"][:7], profile["runtime"]["name"]),
                     "`%s`" % profile["kernels"]["revision"][:7]])
    return table(["Core", "Name", "Kernels", "Pointer", "64-bit alignment", "Enums", "Runtime",
                  "Kernels' revision"], rows)


def board_names(profiles):
    boards = [n for n, p in profiles.items() if p["kind"] == "board"]
    return sorted(boards, key=lambda n: profiles[n]["title"].lower())


def boards(profiles):
    rows = []
    for name in board_names(profiles):
        profile = tp.resolve(name, profiles)
        clock = profile.get("clock_hz")
        rows.append(["`%s`" % name, profile["title"], profile["mcu"], "`%s`" % profile["extends"],
                     kernels(profile), size(profile["ram_bytes"]), size(profile["flash_bytes"]),
                     "%g MHz" % (clock / 1e6) if clock else "-",
                     "`%s`" % profile["runtime"]["distribution"] if "distribution" in profile["runtime"] else "upstream"])
    return table(["Board", "Name", "Chip", "Core", "Kernels", "RAM", "Flash", "Clock", "Runtime"], rows)


def notes(profiles):
    lines = []
    for name in sorted(n for n, p in profiles.items() if p["kind"] == "core") + board_names(profiles):
        if "note" in profiles[name]:
            lines.append("* `%s`: %s" % (name, profiles[name]["note"]))
    return lines


def main():
    parser = argparse.ArgumentParser(description="Writes the tables of docs/targets.md from the profiles.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    arguments = parser.parse_args()
    profiles = tp.load_all()
    sections = {"cores": cores(profiles), "boards": boards(profiles), "notes": notes(profiles)}
    return generated_text.update(PAGE, sections, "update_targets_doc.py", "", arguments.check)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tp.ProfileError as error:
        sys.exit(str(error))
