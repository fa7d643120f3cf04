#!/usr/bin/env python3
"""Writes the tables of docs/distributions.md from the distributions, revisions and profiles, so that
they cannot drift apart.

usage: update_distributions_doc.py [--check]
With --check nothing is written; exit 1 if the page is not up to date.
"""

import argparse
import sys

import generated_text
import tinyml_profiles as tp
from update_targets_doc import table

PAGE = tp.ROOT / "docs" / "distributions.md"
RUNTIME = tp.ROOT / "lib" / "runtime"
LIBRARIES = {"cmsis-nn": "CMSIS-NN", "esp-nn": "ESP-NN", "esp-nn-ansi": "ESP-NN, portable C"}


def load(folder):
    return [tp.read_json(path) for path in sorted((RUNTIME / folder).glob("**/*.json"))]


def month(date):
    return date[:7] if len(date) == 10 and date[4] == "-" else date


def upstream(distribution, revisions):
    """'`0c425da36`, 2023-01': what the distribution carries, as far as it is known."""
    runtime = distribution["runtime"]
    names = [runtime["revision"], runtime["revision"].removeprefix("v")]
    known = next((r for r in revisions if r["project"] == runtime["name"]
                  and (r["name"] in names or r["commit"].startswith(runtime["revision"]))), None)
    if known is None:
        sys.exit("%s: there is no revision \"%s\"" % (distribution["name"], runtime["revision"]))
    own = distribution.get("upstream", {})
    commit = own.get("commit", "" if own else known.get("upstream_commit", known["commit"]))
    date = month(own.get("date", known["date"]))
    return "`%s`, %s" % (commit[:9], date) if commit else date


def kernels(distribution):
    cores = {}
    for build in distribution["builds"]:
        library, _, revision = build["kernels"].partition(" ")
        text = "%s %s" % (LIBRARIES[library], revision) if revision else "reference"
        cores.setdefault(text, []).extend(build.get("on", ["others"] if cores else []))
    # Not those that a shorter name covers.
    short = lambda names: [n for n in names if not any(n != m and n.startswith(m) for m in names)]
    return "; ".join("%s (%s)" % (text, ", ".join(short(names))) if names else text for text, names in cores.items())


def distributions(known, revisions):
    rows = []
    for distribution in known:
        rows.append(["`%s`" % distribution["name"], distribution["title"], upstream(distribution, revisions),
                     kernels(distribution), "on" if distribution["static_memory"] else "off",
                     "measured" if distribution["measured"] else "read"])
    return table(["`runtime=`", "What", "tflite-micro", "Kernels", "Static memory", "Figures"], rows)


def identification(known):
    return table(["`runtime=`", "Get it", "See which one you have"],
                 [["`%s`" % d["name"], d["install"], d["identify"]] for d in known])


def notes(known):
    return ["* `%s`: %s" % (d["name"], d["note"]) for d in known if "note" in d]


def boards(known):
    profiles = tp.load_all()
    titles = {d["name"]: d["title"] for d in known}
    users = {}
    for name, profile in profiles.items():
        if profile["kind"] == "board":
            users.setdefault(tp.resolve(name, profiles)["runtime"].get("distribution", ""), []).append(name)
    rows = [["`%s`" % name if name else "-", titles.get(name, "upstream's own sources"),
             ", ".join("`%s`" % board for board in sorted(boards))]
            for name, boards in sorted(users.items(), key=lambda item: (not item[0], item[0]))]
    return table(["`runtime=`", "What", "Boards that have it by default"], rows)


def applications():
    rows = []
    for application in load("applications"):
        facts = []
        if "refusal" in application:
            facts.append("not sized")
        if "resource_variables" in application:
            facts.append("%d resource variables" % application["resource_variables"])
        if "resource_arena_bytes" in application:
            facts.append("from an arena of %d bytes of their own" % application["resource_arena_bytes"])
        if "added_bytes" in application:
            facts.append("keeps `arena_used_bytes()` and %d more" % application["added_bytes"])
        runtime = application.get("distribution")
        rows.append(["`%s`" % application["name"], application["title"], ", ".join(facts),
                     "`%s`" % runtime if runtime else "the target's"])
    return table(["`--application`", "What", "What differs", "Runtime"], rows)


def main():
    parser = argparse.ArgumentParser(description="Writes the tables of docs/distributions.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    arguments = parser.parse_args()
    known = load("distributions")
    revisions = load("revisions")
    sections = {"distributions": distributions(known, revisions), "identification": identification(known),
                "notes": notes(known), "boards": boards(known), "applications": applications()}
    return generated_text.update(PAGE, sections, "update_distributions_doc.py", "", arguments.check)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tp.ProfileError as error:
        sys.exit(str(error))
