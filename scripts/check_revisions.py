#!/usr/bin/env python3
"""Holds the known revisions against upstream's history, and says what is new there.

usage: check_revisions.py [--mirrors DIR] [--new | --draft PROJECT COMMIT]

A revision file (lib/runtime/revisions/) lists the changes that the revision has; each change
(lib/runtime/targets/changes.cc) names the commit that made it. This asks git whether the revision really
descends from the commits of its changes and from no others, and whether commits and dates are
right. Commits that a clone does not have are counted and left out.

--new    lists what came after the newest known revision of each project and touches a file that
         decides memory or results, and the tags and manifest versions that no revision file carries.
         Exits 1 if there is any.
--draft  prints a revision file for that commit: the tflite-micro commit that a port contains, found
         by comparing files, and the changes that its history has, beside the nearest known revision.
         What has no Change yet is not in it: read the commits that --new lists.

DIR holds one clone of each project, bare or not, as OWNER+NAME or NAME; the default is
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

# What decides memory, as docs/versions.md lists it, and what else can change results.
TFLM = "tensorflow/lite/"
TFLM_MEMORY = [
    TFLM + "micro/kernels", "signal/micro/kernels", TFLM + "micro/micro_mutable_op_resolver.h",
    TFLM + "micro/micro_allocator.*", TFLM + "micro/micro_interpreter*",
    TFLM + "micro/memory_helpers.*", TFLM + "micro/memory_planner", TFLM + "core/c/common.h",
    TFLM + "core/c/builtin_op_data.h", TFLM + "kernels/internal/types.h",
    TFLM + "core/api/flatbuffer_conversions.*",
    TFLM + "micro/tools/make/ext_libs/cmsis_nn_download.sh"]
TFLM_RESULTS = [TFLM + "kernels/internal", TFLM + "micro/micro_graph.*", "signal/src"]
MEMORY = {
    "tflm": TFLM_MEMORY,
    "esp-tflite-micro": TFLM_MEMORY + ["idf_component.yml"],
    "cmsis-nn": ["Source/**/*get_buffer_size*", "Include/arm_nn_types.h"],
    "esp-nn": ["src/convolution/*.c", "src/softmax/*.c", "src/softmax/*.h", "idf_component.yml"]}
RESULTS = {"tflm": TFLM_RESULTS, "esp-tflite-micro": TFLM_RESULTS, "cmsis-nn": ["Source", "Include"],
           "esp-nn": ["src"]}
# Other vendors' kernels, tests, and what builds neither.
LEFT_OUT = ["*_test.*", "*/testdata/*", "*.md", "*BUILD", "*.bzl"] + [
    TFLM + "micro/kernels/" + vendor for vendor in ("arc_mli", "ceva", "xtensa")]
RELEASES = {"tflm": "tag of tensorflow/tflite-micro", "cmsis-nn": "CMSIS pack ARM::CMSIS-NN",
            "esp-nn": "ESP-IDF component espressif/esp-nn",
            "esp-tflite-micro": "ESP-IDF component espressif/esp-tflite-micro"}
# The folders that a port takes from tflite-micro, and its own in them.
PORTED = ["tensorflow/lite/micro", "tensorflow/lite/core", "tensorflow/lite/kernels", "signal"]
OWN = "/esp_nn/"


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

    def lines(self, project, *args):
        return self.ask(project, *args).stdout.splitlines()

    def exists(self, project, commit):
        return self.ask(project, "cat-file", "-e", commit + "^{commit}").returncode == 0

    def has(self, project, commit, revision):
        return self.ask(project, "merge-base", "--is-ancestor", commit, revision).returncode == 0

    def date(self, project, commit):
        return self.ask(project, "log", "-1", "--format=%cs", commit).stdout.strip()


class Known:
    """The revision files and the table of changes of a tree."""

    def __init__(self, root):
        self.changes = ROW.findall((root / "lib/runtime/targets/changes.cc").read_text())
        self.revisions = {}
        for path in sorted((root / "lib/runtime/revisions").glob("*/*.json")):
            revision = json.loads(path.read_text())
            self.revisions["%s %s" % (revision["project"], revision["name"])] = revision

    def of(self, project):
        return [r for r in self.revisions.values() if r["project"] == project]

    def changes_of(self, label):
        """Everything that a revision has, as the program computes it."""
        revision = self.revisions[label]
        changes = self.changes_of(revision["based_on"]) if "based_on" in revision else set()
        return (changes | set(revision.get("adds", []))) - set(revision.get("lacks", []))

    def commits(self, project):
        return {commit for r in self.of(project) for commit in [r["commit"], *r.get("also", [])]}

    def names(self, project):
        """Names and versions of releases that revision files carry."""
        names = set()
        for revision in self.of(project):
            names.add(revision["name"])
            names |= {release["version"] for release in revision.get("releases", [])}
        return names


def hold(git, known):
    faults = []
    absent = 0
    for project, name, commit, date in known.changes:
        if not git.folders.get(project):
            continue
        if not git.exists(project, commit):
            absent += 1
        elif git.date(project, commit) != date:
            faults.append("change %s: %s is of %s" % (name, commit, git.date(project, commit)))
    for label, revision in known.revisions.items():
        project = revision["project"]
        if not git.folders[project]:
            continue
        if not git.exists(project, revision["commit"]):
            absent += 1
            continue
        if git.date(project, revision["commit"]) != revision["date"]:
            faults.append("%s: its commit is of another date" % label)
        claimed = known.changes_of(label)
        for owner, name, commit, _ in known.changes:
            if owner == project:
                has = git.exists(owner, commit) and git.has(project, commit, revision["commit"])
            elif owner == "tflm" and "upstream_commit" in revision and git.folders["tflm"]:
                has = git.has("tflm", commit, revision["upstream_commit"])
            else:
                continue
            if has != (name in claimed):
                faults.append("%s %s change %s (%s)" % (
                    label, "lacks" if has else "claims", name, commit))
    for fault in faults:
        print(fault)
    print("%d revisions, %d changes, %d faults, %d commits not in these clones" % (
        len(known.revisions), len(known.changes), len(faults), absent))
    return 1 if faults else 0


def is_version_tag(tag):
    return re.match(r"v\d+(\.\d+)+$", tag) is not None


def spelled_alike(name, names):
    """Whether `name`, a tag or a version, is one of `names`: v1.3.3.1 is 1.3.3~1."""
    plain = name[1:] if name.startswith("v") else name
    return plain in names or re.sub(r"\.(\d+)$", r"~\1", plain) in names


def manifest_versions(git, project):
    """Version in the component's manifest -> the first commit that has it."""
    versions = {}
    for commit in git.lines(project, "log", "--reverse", "--format=%H", "--", "idf_component.yml"):
        manifest = git.ask(project, "show", commit + ":idf_component.yml").stdout
        found = re.search(r'^version:\s*"?([^"\s]+)"?', manifest, re.MULTILINE)
        if found:
            versions.setdefault(found.group(1), commit)
    return versions


def news_of(git, known, project):
    """What a project has that no revision file carries, as lines."""
    there = [r for r in known.of(project) if git.exists(project, r["commit"])]
    if not there:
        return ["  none of its known revisions is in the clone"]
    lines = []
    newest = max(there, key=lambda r: r["date"])
    later = [r["name"] for r in known.of(project) if r["date"] > newest["date"]]
    if later:
        lines.append("  the clone ends before %s: update it" % ", ".join(later))
    excludes = [":(exclude)" + path for path in LEFT_OUT]
    since = ["HEAD", "--not"] + [r["commit"] for r in there]
    seen = set(known.commits(project))
    for what, paths in (("memory", MEMORY[project]), ("results", RESULTS[project])):
        for line in git.lines(project, "log", "--no-merges", "--format=%H %cs %s", *since, "--",
                              *paths, *excludes):
            commit, date, subject = line.split(" ", 2)
            if commit in seen:
                continue
            seen.add(commit)
            lines.append("  %s %s %s  %s" % (what.ljust(7), commit[:12], date, subject))
    names = known.names(project)
    oldest = min(r["date"] for r in known.of(project))
    for line in git.lines(project, "for-each-ref", "refs/tags",
                          "--format=%(refname:short) %(objectname) %(*objectname)"):
        tag, commit = line.split()[0], line.split()[-1]
        if (git.date(project, commit) > oldest and commit not in known.commits(project)
                and not spelled_alike(tag, names)):
            lines.append("  tag     %s %s  %s" % (commit[:12], git.date(project, commit), tag))
    for version, commit in manifest_versions(git, project).items():
        if git.date(project, commit) > oldest and not spelled_alike(version, names):
            lines.append("  version %s %s  %s" % (
                commit[:12], git.date(project, commit), version))
    return lines


def news(git, known):
    found = False
    for project in REPOSITORIES:
        if not git.folders[project]:
            print("%s: no clone" % project)
            continue
        lines = news_of(git, known, project)
        found |= bool(lines)
        head = git.ask(project, "rev-parse", "HEAD").stdout.strip()
        print("%s up to %s of %s%s" % (project, head[:12], git.date(project, head),
                                       ":" if lines else ": nothing new"))
        print("\n".join(lines) + "\n" if lines else "", end="")
    pinned = git.folders["tflm"] and git.ask(
        "tflm", "show", "HEAD:" + TFLM_MEMORY[-1]).stdout or ""
    for commit in re.findall(r'ZIP_PREFIX_NN="([0-9a-f]{40})"', pinned):
        if commit not in known.commits("cmsis-nn"):
            found = True
            print("tflm downloads cmsis-nn %s, which no revision file carries" % commit[:12])
    return 1 if found else 0


def tree(git, project, commit):
    """Blob of every file of the ported folders, but for the port's own kernels."""
    files = {}
    for line in git.lines(project, "ls-tree", "-r", commit, "--", *PORTED):
        mode_type_blob, path = line.split("\t", 1)
        if OWN not in path:
            files[path] = mode_type_blob.split()[2]
    return files


def upstream_of(git, project, commit):
    """The latest tflite-micro commit with whose files those of the port agree best, and in how many
    of the files that both have they differ."""
    port = tree(git, project, commit)
    date = git.date(project, commit)
    best = (None, len(port) + 1)
    for candidate in git.lines("tflm", "log", "--format=%H", "-200", "--until=%s 23:59" % date, "HEAD"):
        files = tree(git, "tflm", candidate)
        differ = sum(1 for path, blob in port.items() if files.get(path, blob) != blob)
        if differ < best[1]:
            best = (candidate, differ)
        if differ == 0:
            break
    return best


def draft(git, known, project, commit):
    full = git.ask(project, "rev-parse", "-q", "--verify", commit + "^{commit}").stdout.strip()
    if not full:
        print("%s has no commit %s" % (project, commit))
        return 1
    date = git.date(project, full)
    revision = {"schema_version": 1, "project": project, "name": date[:7], "commit": full,
                "date": date}
    manifest = git.ask(project, "show", full + ":idf_component.yml").stdout
    version = re.search(r'^version:\s*"?([^"\s]+)"?', manifest, re.MULTILINE)
    tags = [t[1:] for t in git.lines(project, "tag", "--points-at", full) if is_version_tag(t)]
    if version or tags:
        revision["name"] = version.group(1) if version else tags[0]
        revision["releases"] = [{"what": RELEASES[project], "version": revision["name"]}]
    upstream = None
    if project == "esp-tflite-micro":
        upstream, differ = upstream_of(git, project, full)
        revision["upstream_commit"] = upstream
        if differ:
            print("%d of the files that both have differ from tflite-micro %s" % (
                differ, upstream[:12]), file=sys.stderr)
    changes = set()
    for owner, name, made_by, _ in known.changes:
        descends = full if owner == project else upstream if owner == "tflm" else None
        if descends and git.exists(owner, made_by) and git.has(owner, made_by, descends):
            changes.add(name)
    # Beside the known revision that differs least, the latest of equal ones.
    family = [project] + (["tflm"] if project == "esp-tflite-micro" else [])
    labels = [label for label, r in known.revisions.items()
              if r["project"] in family and r["date"] <= date and r["commit"] != full]
    labels.sort(key=lambda label: known.revisions[label]["date"], reverse=True)
    if labels:
        base = min(labels, key=lambda label: len(known.changes_of(label) ^ changes))
        before = known.changes_of(base)
        revision["based_on"] = base
        order = [name for _, name, _, _ in known.changes]
        for key, names in (("adds", changes - before), ("lacks", before - changes)):
            if names:
                revision[key] = sorted(names, key=order.index)
    releases = revision.pop("releases", None)
    if releases:
        revision["releases"] = releases
    print(json.dumps(revision, indent=2))
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mirrors", default=os.environ.get("TINYML_MIRRORS"))
    parser.add_argument("--new", action="store_true")
    parser.add_argument("--draft", nargs=2, metavar=("PROJECT", "COMMIT"))
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.mirrors or not os.path.isdir(args.mirrors):
        print("skipped: no clones of upstream (--mirrors, $TINYML_MIRRORS)")
        return 77
    git = Git(args.mirrors)
    known = Known(args.root)
    if args.draft:
        project, commit = args.draft
        if not git.folders.get(project):
            parser.error("there is no clone of %s" % project)
        return draft(git, known, project, commit)
    return news(git, known) if args.new else hold(git, known)


if __name__ == "__main__":
    sys.exit(main())
