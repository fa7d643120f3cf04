#!/usr/bin/env python3
"""Holds the known revisions against upstream's history.

usage: check_revisions.py [--mirrors DIR]

A revision file (lib/runtime/revisions/) lists the changes that the revision has; each change
(lib/runtime/targets/changes.cc) names the commit that made it. This asks git whether the revision really
descends from the commits of its changes and from no others, and whether commits and dates are
right. DIR holds one clone of each project, bare or not, as OWNER+NAME or NAME; the default is
$TINYML_MIRRORS. Exits 77, "skipped", without it; 1 with one line per fault.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
REPOSITORIES = {"tflm": "tensorflow+tflite-micro", "cmsis-nn": "ARM-software+CMSIS-NN",
                "esp-nn": "espressif+esp-nn", "esp-tflite-micro": "espressif+esp-tflite-micro"}
ROW = re.compile(r'\{\s*Change::k\w+,\s*"([^"]+)",\s*"([^"]+)",\s*"([0-9a-f]{12})",\s*"([^"]+)"')


class Git:
    def __init__(self, mirrors):
        self.folders = {project: self.find(mirrors, name)
                        for project, name in REPOSITORIES.items()}

    @staticmethod
    def find(mirrors, name):
        for folder in (name, name.split("+")[1]):
            for inside in ("repo", ".git", ""):
                path = os.path.join(mirrors, folder, inside)
                if os.path.exists(os.path.join(path, "objects")):
                    return path
        return None

    def ask(self, project, *args):
        return subprocess.run(["git", "--git-dir=" + self.folders[project], *args],
                              capture_output=True, text=True)

    def has(self, project, commit, revision):
        return self.ask(project, "merge-base", "--is-ancestor", commit, revision).returncode == 0

    def date(self, project, commit):
        return self.ask(project, "log", "-1", "--format=%cs", commit).stdout.strip()


def changes_of(label, revisions):
    """Everything that a revision has, as the program computes it."""
    revision = revisions[label]
    changes = set(changes_of(revision["based_on"], revisions)) if "based_on" in revision else set()
    return (changes | set(revision.get("adds", []))) - set(revision.get("lacks", []))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mirrors", default=os.environ.get("TINYML_MIRRORS"))
    args = parser.parse_args()
    if not args.mirrors or not os.path.isdir(args.mirrors):
        print("skipped: no clones of upstream (--mirrors, $TINYML_MIRRORS)")
        return 77
    git = Git(args.mirrors)
    faults = []
    changes = ROW.findall((ROOT / "lib/runtime/targets/changes.cc").read_text())
    revisions = {}
    for path in sorted((ROOT / "lib/runtime/revisions").glob("*/*.json")):
        revision = json.loads(path.read_text())
        revisions["%s %s" % (revision["project"], revision["name"])] = revision
    for project, name, commit, date in changes:
        if git.folders[project] and git.date(project, commit) != date:
            faults.append("change %s: %s is of %s" % (name, commit, git.date(project, commit)))
    for label, revision in revisions.items():
        project = revision["project"]
        if not git.folders[project]:
            continue
        if git.date(project, revision["commit"]) != revision["date"]:
            faults.append("%s: its commit is of another date" % label)
        claimed = changes_of(label, revisions)
        for owner, name, commit, _ in changes:
            if owner == project:
                has = git.has(project, commit, revision["commit"])
            elif owner == "tflm" and "upstream_commit" in revision:
                has = git.has("tflm", commit, revision["upstream_commit"])
            else:
                continue
            if has != (name in claimed):
                faults.append("%s %s change %s (%s)" % (
                    label, "lacks" if has else "claims", name, commit))
    for fault in faults:
        print(fault)
    print("%d revisions, %d changes, %d faults" % (len(revisions), len(changes), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
