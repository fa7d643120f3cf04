#!/usr/bin/env python3
"""Runs clang-tidy on every source of a build, on all cores.

usage: tidy.py [--changed] BUILD_DIR [PART_OF_A_PATH]...

--changed looks only at what differs from where the branch left main (on main
itself: from 5 commits before; otherwise from $TINYML_TIDY_BASE): each source
that differs, and for each header that does one source that includes it. It
misses what a changed header brings about in the other sources that include it.

With $TINYML_TIDY_MINUTES no file is begun after so many minutes, the last changed
ones come first, and what was left out is said and no failure.

A file found clean is remembered by a hash of what the compiler reads (its text
and every header's, the command, the checks, the version of clang-tidy), and not
looked at again until that changes.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time

TIDY = "clang-tidy-14"
CLANG = "clang++"
SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The path-sensitive analyzer costs more than all other checks together; it looks
# at the product, not at the tests.
ANALYSED = (os.path.join(SOURCE, "lib") + os.sep,
            os.path.join(SOURCE, "apps") + os.sep)
COMMITS_ON_MAIN = 5
CACHE = os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
    "tinyml-tidy")


def preprocessed(entry):
    """What the compiler reads, or None if it does not preprocess."""
    words = shlex.split(entry["command"])
    # ccache and g++ stand before the flags; clang reads what clang-tidy will.
    flags = [word for word in words if word.startswith(("-I", "-D", "-std"))]
    for i, word in enumerate(words):
        if word == "-isystem":
            flags += words[i:i + 2]
    done = subprocess.run([CLANG, "-E", "-P", "-CC", *flags, entry["file"]],
                          cwd=entry["directory"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return done.stdout if done.returncode == 0 else None


def tidy(build, entry, salt):
    """Returns the findings in one file, or "" if there are none."""
    text = preprocessed(entry)
    stamp = None
    if text is not None:
        key = hashlib.sha256(salt + text).hexdigest()
        stamp = os.path.join(CACHE, key)
        if os.path.exists(stamp):
            return ""
    # The build is g++'s: clang does not know all of its warnings.
    command = [TIDY, "--quiet", "-p", build,
               "--extra-arg=-Wno-unknown-warning-option"]
    if not entry["file"].startswith(ANALYSED):
        command.append("--checks=-clang-analyzer-*")
    done = subprocess.run(
        [*command, entry["file"]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        if stamp:
            with open(stamp, "w", encoding="utf-8"):
                pass
        return ""
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    noise = re.compile(r"^\d+ warnings? (generated|treated)|^Suppressed ")
    return "\n".join(line for line in lines if not noise.search(line))


def git(*arguments):
    """The output of a git command in the tree, or None if it fails."""
    done = subprocess.run(["git", *arguments], cwd=SOURCE, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode() if done.returncode == 0 else None


def base_revision():
    """What --changed compares with, or None where that is no repository."""
    chosen = os.environ.get("TINYML_TIDY_BASE")
    if chosen:
        revision = git("rev-parse", "--verify", chosen + "^{commit}")
        if not revision:
            sys.exit("tidy.py: TINYML_TIDY_BASE is no commit: " + chosen)
        return revision.strip()
    head = (git("rev-parse", "HEAD") or "").strip()
    for main_branch in ("origin/main", "main"):
        base = (git("merge-base", main_branch, "HEAD") or "").strip()
        if base and base != head:
            return base
    # Fewer where the clone is shallow or the project young.
    last = git("rev-list", "--first-parent", "-n", str(COMMITS_ON_MAIN + 1),
               "HEAD")
    return last.split()[-1] if last else None


def newest_first(entries):
    """The entries in the order in which commits last changed their files."""
    log = git("log", "--name-only", "--format=", "-n", "500", "--", "*.cc")
    rank = {}
    for place, name in enumerate((log or "").splitlines()):
        rank.setdefault(os.path.join(SOURCE, name), place)
    # What no commit has yet comes first; what is older than those, last.
    new = set((git("ls-files", "-mo", "--exclude-standard", "--", "*.cc")
               or "").splitlines())
    return sorted(entries, key=lambda entry: (
        -1 if os.path.relpath(entry["file"], SOURCE) in new
        else rank.get(entry["file"], sys.maxsize)))


def first_includer(header, sources, includes):
    """A source among `sources` that reads `header`, or None.

    The one of the same name if there is one, otherwise the nearest.
    """
    own = os.path.splitext(header)[0] + ".cc"
    if own in sources:
        return own
    seen = {header}
    level = [header]
    while level:
        suffixes = {"/" + path for path in level}
        level = sorted(
            path for path, included in includes.items()
            if path not in seen
            and any(s.endswith("/" + name) for name in included
                    for s in suffixes))
        seen.update(level)
        for path in level:
            if path in sources:
                return path
    return None


def changed_sources(base, sources):
    """The subset of `sources`, paths in the tree, that --changed means."""
    listed = (git("diff", "--name-only", "-z", base, "--", "*.cc", "*.h") +
              git("ls-files", "-o", "--exclude-standard", "-z", "--",
                  "*.cc", "*.h"))
    changed = {name for name in listed.split("\0") if name}
    chosen = changed & sources
    headers = sorted(
        name for name in changed
        if name.endswith(".h") and os.path.exists(os.path.join(SOURCE, name)))
    if headers:
        includes = {}
        for name in git("ls-files", "-co", "--exclude-standard", "-z", "--",
                        "*.cc", "*.h").split("\0"):
            path = os.path.join(SOURCE, name)
            if name and os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    includes[name] = re.findall(
                        r'^#include ["<]([^">]+)[">]', file.read(), re.M)
        for header in headers:
            chosen.add(first_includer(header, sources, includes))
    return chosen - {None}


def main():
    arguments = sys.argv[1:]
    only_changed = arguments[:1] == ["--changed"]
    if only_changed:
        del arguments[0]
    build = os.path.abspath(arguments[0])
    parts = arguments[1:]
    with open(os.path.join(build, "compile_commands.json"),
              encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}
    chosen = [
        entry for path, entry in sorted(entries.items())
        if path.startswith(SOURCE + os.sep) and not path.startswith(build)
        and (not parts or any(part in path for part in parts))
    ]
    scope = ""
    base = base_revision() if only_changed else None
    if base:
        names = changed_sources(
            base, {os.path.relpath(e["file"], SOURCE) for e in chosen})
        scope = ", of %d, that differ from %s" % (len(chosen), base[:12])
        chosen = [entry for entry in chosen
                  if os.path.relpath(entry["file"], SOURCE) in names]
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(SOURCE, ".clang-tidy"), "rb") as file:
        salt = file.read()
    salt += subprocess.run([TIDY, "--version"], stdout=subprocess.PIPE,
                           check=True).stdout
    minutes = os.environ.get("TINYML_TIDY_MINUTES")
    deadline = time.monotonic() + 60 * float(minutes) if minutes else None
    if deadline:
        chosen = newest_first(chosen)

    def tidy_in_time(entry):
        if deadline and time.monotonic() > deadline:
            return None
        return tidy(build, entry, salt)

    failed = left_out = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(tidy_in_time, chosen):
            if findings is None:
                left_out += 1
            elif findings:
                failed += 1
                print(findings, flush=True)
    if left_out:
        print("clang-tidy: %d files, those changed longest ago, were left out "
              "after %s minutes" % (left_out, minutes))
    print("clang-tidy: %d files%s: %d with findings" %
          (len(chosen) - left_out, scope, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
