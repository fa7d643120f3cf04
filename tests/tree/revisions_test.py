#!/usr/bin/env python3
"""Checks scripts/check_revisions.py on small clones that are made here: what it holds against
history, what it lists as new, and the file that it drafts for a port.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = SOURCE / "scripts/check_revisions.py"
KERNELS = "tensorflow/lite/micro/kernels/"
ROUNDING = "tensorflow/lite/kernels/internal/common.h"


class Clone:
    """A repository whose commits are a day apart."""

    def __init__(self, folder, day):
        self.folder = folder
        self.day = day
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args):
        date = "2030-01-%02dT12:00:00+0000" % self.day
        env = dict(os.environ, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date,
                   GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
        return subprocess.run(
            ["git", "-C", str(self.folder), "-c", "user.name=t", "-c", "user.email=t@t", *args],
            env=env, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, subject, files):
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        self.day += 1
        return self.git("rev-parse", "HEAD")


class Tree:
    """A source tree with a table of changes and revision files."""

    def __init__(self, folder):
        self.folder = folder
        self.rows = []

    def change(self, project, name, commit, date):
        self.rows.append('{Change::kX, "%s", "%s", "%s",\n "%s", "what"},' % (
            project, name, commit[:12], date))
        table = self.folder / "lib/runtime/targets/changes.cc"
        table.parent.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join(self.rows))

    def revision(self, project, name, commit, date, **more):
        path = self.folder / "lib/runtime/revisions" / project / (name + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"project": project, "name": name, "commit": commit,
                                    "date": date, **more}))


def main():
    faults = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        mirrors = scratch / "mirrors"
        tree = Tree(scratch / "tree")

        def run(*args):
            result = subprocess.run(
                [sys.executable, str(SCRIPT), "--mirrors", str(mirrors), "--root",
                 str(tree.folder), *args], capture_output=True, text=True)
            return result.returncode, result.stdout + result.stderr

        def expect(what, args, code, *parts, without=()):
            got, text = run(*args)
            if got != code:
                faults.append("%s: exit code %d, not %d:\n%s" % (what, got, code, text))
            faults.extend("%s: no '%s' in:\n%s" % (what, part, text)
                          for part in parts if part not in text)
            faults.extend("%s: '%s' in:\n%s" % (what, part, text)
                          for part in without if part in text)
            return text

        tflm = Clone(mirrors / "tflite-micro", 1)
        tflm.commit("start", {KERNELS + "add.cc": "1", ROUNDING: "0", "README.md": "1"})
        grown = tflm.commit("ADD grows", {KERNELS + "add.cc": "2"})
        known = tflm.commit("text", {"README.md": "2"})
        esp = Clone(mirrors / "espressif+esp-tflite-micro", 5)
        port = esp.commit("sync", {
            KERNELS + "add.cc": "2", ROUNDING: "0", KERNELS + "esp_nn/conv.cc": "1",
            "idf_component.yml": 'version: "1.0.0"\n'})
        tree.change("tflm", "add-grows", grown, "2030-01-02")
        tree.revision("tflm", "2030-01", known, "2030-01-03", adds=["add-grows"])
        tree.revision("esp-tflite-micro", "1.0.0", port, "2030-01-05", based_on="tflm 2030-01",
                      upstream_commit=known)
        expect("all is well", [], 0, "2 revisions, 1 changes, 0 faults, 0 commits not in")
        expect("nothing is new", ["--new"], 0, "tflm up to", "nothing new", "esp-nn: no clone")

        # What is held.
        tree.revision("tflm", "2030-01", known, "2030-01-03")
        expect("a change is missing", [], 1, "tflm 2030-01 lacks change add-grows")
        tree.revision("tflm", "2030-01", known, "2030-01-04", adds=["add-grows"])
        expect("a wrong date", [], 1, "tflm 2030-01: its commit is of another date")
        tree.revision("tflm", "2030-01", known, "2030-01-03", adds=["add-grows"])
        tree.change("tflm", "from-elsewhere", "0123456789ab", "2030-01-09")
        expect("a commit that the clone lacks", [], 0, "0 faults, 1 commits not in these clones")

        # What is new.
        memory = tflm.commit("MUL has scratch memory", {KERNELS + "mul.cc": "1"})
        tflm.commit("a test", {KERNELS + "mul_test.cc": "1"})
        tflm.commit("another vendor", {KERNELS + "xtensa/mul.cc": "1"})
        results = tflm.commit("fix rounding", {ROUNDING: "1"})
        tflm.git("tag", "v9.1.0")
        pin = "4" * 40
        tflm.commit("newer kernels", {
            "tensorflow/lite/micro/tools/make/ext_libs/cmsis_nn_download.sh":
                'ZIP_PREFIX_NN="%s"\n' % pin})
        esp.day = 20
        newer = esp.commit("sync", {KERNELS + "add.cc": "2", KERNELS + "mul.cc": "1",
                                    "idf_component.yml": 'version: "1.1.0"\n'})
        expect("news", ["--new"], 1,
               "memory  %s 2030-01-04  MUL has scratch memory" % memory[:12],
               "results %s 2030-01-07  fix rounding" % results[:12],
               "tag     %s 2030-01-07  v9.1.0" % results[:12],
               "version %s 2030-01-20  1.1.0" % newer[:12],
               "tflm downloads cmsis-nn 444444444444",
               without=["a test", "another vendor", "v1.0.0"])

        # What is drafted: the port has MUL, and neither the tests nor the fix.
        tree.change("tflm", "mul-scratch", memory, "2030-01-04")
        tree.change("tflm", "rounding", results, "2030-01-07")
        code, text = run("--draft", "esp-tflite-micro", newer[:9])
        drafted = json.loads(text) if code == 0 else {}
        want = {"name": "1.1.0", "commit": newer, "date": "2030-01-20",
                "based_on": "esp-tflite-micro 1.0.0", "adds": ["mul-scratch"],
                "upstream_commit": tflm.git("rev-parse", results + "~1"),
                "releases": [{"what": "ESP-IDF component espressif/esp-tflite-micro",
                              "version": "1.1.0"}]}
        for key, value in want.items():
            if drafted.get(key) != value:
                faults.append("draft: %s is %r, not %r" % (key, drafted.get(key), value))
        tree.revision("esp-tflite-micro", "1.1.0", newer, "2030-01-20",
                      **{k: want[k] for k in ("based_on", "adds", "upstream_commit", "releases")})
        expect("the draft holds", [], 0, "3 revisions")
        expect("a version is carried", ["--new"], 1, without=["1.1.0"])
        expect("no such commit", ["--draft", "tflm", "fffffff"], 1, "tflm has no commit fffffff")
        # A known revision that is newer than the clone.
        tree.revision("tflm", "2030-02", "5" * 40, "2030-02-01", based_on="tflm 2030-01")
        expect("an old clone", ["--new"], 1, "the clone ends before 2030-02: update it")
        expect("an old clone is no fault", [], 0, "0 faults")
    skipped = subprocess.run([sys.executable, str(SCRIPT), "--mirrors", "/nowhere"],
                             capture_output=True, text=True)
    if skipped.returncode != 77:
        faults.append("without clones: exit code %d" % skipped.returncode)
    print("\n".join(faults) if faults else "as expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
