#!/usr/bin/env python3
"""Runs what the pipeline templates run, as shell, in a sample repository.

usage: pipeline_steps.py --tinyml PATH github|gitlab|pre-commit

The steps are taken out of the templates in scripts/ci/, so that what is tested
is what users include. Exit 1 with a sentence for what is wrong.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ROOT / "scripts" / "ci"
PROJECT = """{
 "schema_version": 1,
 "targets": ["cortex-m4"],
 "models": [{"name": "keywords", "path": "keywords.tflite", "budget": "16K"}]
}
"""


class Failed(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Failed(what)


def block(text, start):
    """The lines of the block scalar that follows the line `start`."""
    lines = text.split("\n")
    at = next((i for i, line in enumerate(lines) if line.strip() == start), None)
    require(at is not None, "the template has no line '%s'" % start)
    inside = []
    indent = len(lines[at]) - len(lines[at].lstrip())
    for line in lines[at + 1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        inside.append(line)
    return textwrap.dedent("\n".join(inside))


def mapping(text, start):
    """The keys and values under the line `start`, one per line."""
    return dict(line.split(": ", 1) for line in block(text, start).splitlines() if ": " in line)


def action_steps(text):
    """The text of each step of a composite action, by its name."""
    parts = re.split(r"^    - name: (.*)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def install_for_action(tinyml, folder, steps):
    """Runs the step that builds, with an install.sh that has nothing to build,
    and returns the folder that it adds to the PATH."""
    action = folder / "scripts" / "ci" / "github"
    action.mkdir(parents=True)
    (folder / "scripts" / "install.sh").write_text(
        '#!/bin/sh\nmkdir -p "$1/bin" && ln -s "%s" "$1/bin/tinyml"\n' % tinyml, encoding="utf-8")
    (folder / "scripts" / "install.sh").chmod(0o755)
    path = folder / "path"
    step = steps["Build tinyml"]
    require("if: inputs.tinyml == ''" in step, "builds although a program is named")
    require(mapping(step, "env:") == {"ACTION": "${{ github.action_path }}"}, "the build has another environment")
    environment = dict(os.environ, ACTION=str(action), RUNNER_TEMP=str(folder / "temp"), GITHUB_PATH=str(path))
    subprocess.run(["bash", "-e", "-o", "pipefail", "-c", block(step, "run: |")], cwd=folder, env=environment,
                   check=True)
    return path.read_text(encoding="utf-8").strip()


def github(tinyml, repository):
    text = (CI / "github" / "action.yml").read_text(encoding="utf-8")
    require((ROOT / "scripts" / "install.sh").exists(), "the action's install.sh is not where it looks")
    inputs = dict(re.findall(r"^  (\w+):\n    description: .*\n    default: (.*)$", text, re.M))
    require({"project", "tinyml", "junit"} <= inputs.keys(), "the action's inputs are not as expected")
    inputs["tinyml"] = ""  # Its default, in YAML.
    steps = action_steps(text)
    summary = repository / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    programs = install_for_action(tinyml, repository / "action", steps)
    environment = dict(os.environ, GITHUB_STEP_SUMMARY=str(summary), PATH=programs + ":" + os.environ["PATH"])
    step = steps["Check the models"]
    for name, value in mapping(step, "env:").items():
        found = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)
        require(found, "'%s' is no input" % value)
        environment[name] = inputs[found.group(1)]

    def run():
        return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", block(step, "run: |")], cwd=repository,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False).returncode

    def check(fails):
        said = summary.read_text(encoding="utf-8")
        require(said.startswith("before\n"), "the summary lost what was there")
        require("**tinyml check**" in said, "the summary has no result")
        require(("tinyml check --update" in said) == fails, "the summary says the wrong thing")

    return run, check, inputs["junit"]


def gitlab(tinyml, repository):
    text = (CI / "gitlab" / "tinyml.gitlab-ci.yml").read_text(encoding="utf-8")
    environment = dict(os.environ, **mapping(text, "variables:"))
    environment["TINYML"] = tinyml
    junit = re.search(r"^      junit: (.*)$", text, re.M).group(1)

    def run():
        return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", block(text, "- |")], cwd=repository,
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False).returncode

    def check(fails):
        said = (repository / "tinyml-results.md").read_text(encoding="utf-8")
        require(("tinyml check --update" in said) == fails, "the Markdown says the wrong thing")

    return run, check, junit


def templates(kind, tinyml, repository):
    run, check, junit = kind(tinyml, repository)
    require(run() == 1, "passes without a lock file")
    subprocess.run([tinyml, "--quiet", "check"], cwd=repository, check=True, stdout=subprocess.DEVNULL)
    require(run() == 0, "fails although nothing changed")
    check(fails=False)

    def failures():
        root = xml.etree.ElementTree.parse(repository / junit).getroot()
        return int(root.get("failures"))

    require(failures() == 0, "the JUnit file counts failures although nothing changed")
    shutil.copy(ROOT / "testdata" / "sine_float.tflite", repository / "keywords.tflite")
    require(run() == 1, "passes although the model changed")
    check(fails=True)
    require(failures() == 1, "the JUnit file does not count the failure")


def pre_commit(tinyml, repository):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment.update(TINYML=tinyml, HOME=str(repository), GIT_CONFIG_NOSYSTEM="1",
                       GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@example.org",
                       GIT_COMMITTER_NAME="A", GIT_COMMITTER_EMAIL="a@example.org")

    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=repository, env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode()

    require(git("init", "-q")[0] == 0, "git init fails")
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    os.symlink(CI / "pre-commit", hooks / "pre-commit")
    git("add", "tinyml.json", "keywords.tflite")
    status, said = git("commit", "-qm", "without a lock")
    require(status != 0 and "tinyml.lock.json" in said, "commits without a lock: " + said)
    subprocess.run([tinyml, "--quiet", "check"], cwd=repository, check=True, stdout=subprocess.DEVNULL)
    git("add", "tinyml.lock.json")
    status, said = git("commit", "-qm", "with a lock")
    require(status == 0, "does not commit what passes: " + said)
    shutil.copy(ROOT / "testdata" / "sine_float.tflite", repository / "keywords.tflite")
    (repository / "other").write_text("x", encoding="utf-8")
    git("add", "other")
    status, said = git("commit", "-qm", "the model is not part of it")
    require(status == 0, "looks at the working tree, not at what is committed: " + said)
    git("add", "keywords.tflite")
    status, said = git("commit", "-qm", "another model")
    require(status != 0, "commits another model")
    require("not the model of the lock" in said, "does not say why: " + said)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tinyml", required=True, type=os.path.abspath)
    parser.add_argument("kind", choices=["github", "gitlab", "pre-commit"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tinyml_ci_") as folder:
        repository = pathlib.Path(folder)
        (repository / "tinyml.json").write_text(PROJECT, encoding="utf-8")
        shutil.copy(ROOT / "testdata" / "keyword_int8.tflite", repository / "keywords.tflite")
        try:
            if arguments.kind == "pre-commit":
                pre_commit(arguments.tinyml, repository)
            else:
                templates({"github": github, "gitlab": gitlab}[arguments.kind], arguments.tinyml, repository)
        except Failed as fault:
            print("%s: %s" % (arguments.kind, fault), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
