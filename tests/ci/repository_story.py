#!/usr/bin/env python3
"""Takes the sample repository through its story, with git as its users do.

usage: repository_story.py --tinyml PATH

The first check writes the lock, a changed model fails with the right sentence,
--update accepts it, and a bump of the kernel library alone is reported as that.
Exit 1 with a sentence for what is wrong.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TESTDATA = HERE.parents[1] / "testdata"


class Failed(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Failed(what)


class Repository:
    def __init__(self, tinyml, folder):
        self.tinyml = tinyml
        self.folder = folder
        shutil.copytree(HERE / "repository", folder, dirs_exist_ok=True)
        (folder / "models").mkdir()
        (folder / "src").mkdir()
        self.model("keyword_int8", "keywords")
        self.model("gestures_with_state", "gestures")
        self.git("init", "-q")
        self.commit("two models")

    def model(self, source, name):
        shutil.copy(TESTDATA / (source + ".tflite"), self.folder / "models" / (name + ".tflite"))

    def git(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment.update(HOME=str(self.folder), GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="A",
                           GIT_AUTHOR_EMAIL="a@example.org", GIT_COMMITTER_NAME="A",
                           GIT_COMMITTER_EMAIL="a@example.org")
        done = subprocess.run(["git", *arguments], cwd=self.folder, env=environment, check=True,
                              stdout=subprocess.PIPE)
        return done.stdout.decode()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def changed(self):
        return sorted(line[3:] for line in self.git("status", "--short", "-uall").splitlines())

    def check(self, *arguments):
        """The exit code, the text and the JSON of a check."""
        text = subprocess.run([self.tinyml, "check", *arguments], cwd=self.folder, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if "--update" in arguments:
            return text.returncode, text.stdout.decode(), None
        report = subprocess.run([self.tinyml, "check", *arguments, "--format", "json"], cwd=self.folder,
                                check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        require(report.returncode == text.returncode, "JSON has another exit code than text")
        return text.returncode, text.stdout.decode(), json.loads(report.stdout)


def findings(report, model):
    """All but the hazards, which the project accepts."""
    entry = next(entry for entry in report["models"] if entry["name"] == model)
    found = entry["findings"] + [finding for target in entry["targets"] for finding in target["findings"]]
    return [finding for finding in found if finding["kind"] != "hazard"]


def first_check(repository):
    status, _, _ = repository.check()
    require(status == 0, "the first check fails")
    require(repository.changed() == ["src/keywords.cc", "src/keywords.h", "src/keywords_resolver.cc",
                                     "src/keywords_resolver.h", "tinyml.lock.json"],
            "the first check writes %s" % repository.changed())
    repository.commit("the lock")
    status, text, _ = repository.check("--frozen")
    require(status == 0 and "all passed" in text, "what was just locked does not pass: " + text)


def changed_model(repository):
    repository.model("keyword_float", "gestures")
    status, text, report = repository.check("--frozen")
    require(status == 1, "a changed model passes")
    require("gestures: models/gestures.tflite is not the model of the lock" in text, "does not say what changed: " + text)
    require("in the lock (+" in text and ": the model changed" in text, "does not say what grew: " + text)
    kinds = {finding["kind"] for finding in findings(report, "gestures") if finding["fails"]}
    require(kinds == {"changed", "grew"}, "the findings are %s" % sorted(kinds))
    require(not findings(report, "keywords"), "the other model has findings")
    require(repository.changed() == ["models/gestures.tflite"], "a check writes %s" % repository.changed())
    status, text, _ = repository.check("--update")
    require(status == 0, "--update does not accept it: " + text)
    require(repository.changed() == ["models/gestures.tflite", "tinyml.lock.json"], "--update writes other files")
    repository.commit("another model, accepted")
    require(repository.check("--frozen")[0] == 0, "what was accepted does not pass")


def bump(repository, before, after, grows):
    project = repository.folder / "tinyml.json"
    text = project.read_text(encoding="utf-8")
    require(before in text, "the project has no " + before)
    project.write_text(text.replace(before, after), encoding="utf-8")
    status, text, report = repository.check("--frozen")
    require(status == (1 if grows else 0), "exit code %d after a bump: %s" % (status, text))
    found = findings(report, "keywords")
    require([finding["by_revision"] for finding in found] == [True], "a bump alone is not said to be one: %r" % found)
    require(found[0]["kind"] == ("grew" if grows else "revision"), "it is said to be " + found[0]["kind"])
    require(" alone (" in found[0]["what"] and "esp-nn" in found[0]["what"], "does not say whose: " + found[0]["what"])
    require(repository.check("--update")[0] == 0, "--update does not accept a bump")
    lock = json.loads((repository.folder / "tinyml.lock.json").read_text(encoding="utf-8"))
    repository.commit("a bump")
    return lock["models"]["keywords"]["targets"]["esp32s3"]["kernels"]["revision"]


def edited_output(repository):
    with open(repository.folder / "src" / "keywords.h", "a", encoding="utf-8") as file:
        file.write("// by hand\n")
    status, text, _ = repository.check("--frozen")
    require(status == 1 and "src/keywords.h is neither" in text, "an edited output passes: " + text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinyml", required=True, type=os.path.abspath)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tinyml_story_") as folder:
        try:
            repository = Repository(arguments.tinyml, pathlib.Path(folder))
            first_check(repository)
            changed_model(repository)
            new = bump(repository, "kernels.revision=1.1.2", "kernels.revision=1.2.3", grows=False)
            old = bump(repository, "kernels.revision=1.2.3", "kernels.revision=1.1.2", grows=True)
            require(new != old, "the lock does not have the revision")
            edited_output(repository)
        except Failed as fault:
            print(fault, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
