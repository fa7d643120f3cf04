#!/usr/bin/env python3
"""Checks that the program has one command line.

usage: check_options.py --tinyml PATH

Reads the manual pages, which are made from what the commands told the parser:
an option of one name has one spelling, one sentence of help and one place in
the order of options in every command; what is particular to a command stands in
the last parentheses. Every command that takes targets takes -t.
"""
import argparse
import collections
import itertools
import os
import re
import subprocess
import sys
import tempfile

# Commands that take no target of their own.
WITHOUT_TARGETS = {"check", "completion", "man"}

Option = collections.namedtuple("Option", "names value help")


def options_of(page):
    """The options of a manual page, in its order."""
    text = page.replace("\\-", "-").replace("\\(dq", '"').replace("\\(aq", "'")
    options = []
    for names, value, help_text in re.findall(
            r"^\.TP\n((?:\\fB-[^\n]*?\\fP(?:, )?)+)(?: \\fI(.*?)\\fP)?\n(.*)\n",
            text, re.MULTILINE):
        names = tuple(re.findall(r"\\fB(-.*?)\\fP", names))
        options.append(Option(names, value, help_text.replace("\\&", "")))
    return options


def sentence(help_text):
    """What the pages say about an option in every command."""
    text = re.sub(r" \(required\)$", "", help_text)
    return re.sub(r" \([^()]*\)$", "", text)


def faults_of(commands):
    faults = []
    by_name = collections.defaultdict(list)
    for command, options in commands.items():
        for option in options:
            for name in option.names:
                by_name[name].append((command, option))
    for name, uses in sorted(by_name.items()):
        for what, of in (("spellings", lambda o: o.names),
                         ("meanings", lambda o: sentence(o.help))):
            found = {of(option) for _, option in uses}
            if len(found) > 1:
                faults.append("%s has %d %s, in %s: %s" % (
                    name, len(found), what,
                    ", ".join(command for command, _ in uses), found))
        # A choice has other values elsewhere, never another kind of value.
        kinds = {"choice" if "|" in option.value else option.value
                 for _, option in uses}
        if len(kinds) > 1:
            faults.append("%s has values of several kinds: %s" % (name, kinds))
    for command, options in commands.items():
        takes_target = any("-t" in option.names for option in options)
        if takes_target == (command in WITHOUT_TARGETS):
            faults.append(command + (" takes" if takes_target else " lacks") +
                          " -t")
        for option in options:
            if option.value == "T" and "-t" not in option.names:
                faults.append("%s takes a target by %s" %
                              (command, option.names[-1]))
    for (one, a), (other, b) in itertools.combinations(commands.items(), 2):
        names = [option.names[-1] for option in b]
        common = [option.names[-1] for option in a
                  if option.names[-1] in names]
        if common != [name for name in names if name in common]:
            faults.append("%s and %s order their options differently: %s" %
                          (one, other, common))
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tinyml", required=True)
    tinyml = parser.parse_args().tinyml
    commands = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tinyml, "man", "--all", folder], check=True)
        for name in sorted(os.listdir(folder)):
            command = name[len("tinyml-"):-len(".1")]
            if not command:
                continue  # The program's own page.
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                commands[command] = options_of(file.read())
    count = sum(len(options) for options in commands.values())
    # So that a page in another form does not pass silently.
    if len(commands) < 10 or count < 80:
        sys.exit("only %d options of %d commands were found" %
                 (count, len(commands)))
    faults = faults_of(commands)
    for fault in faults:
        print(fault)
    print("%d options of %d commands" % (count, len(commands)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
