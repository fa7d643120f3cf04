#!/usr/bin/env python3
"""Says which tests were skipped and why, and counts the results of ctest.

usage: summarise_tests.py RESULTS.xml
The last line is "N passed, N failed, N skipped". Exit 1 if any failed.
"""
import sys
import xml.etree.ElementTree


def reason(case):
    """What a skipped test printed: its last line that is not GoogleTest's."""
    output = (case.findtext("system-out") or "").splitlines()
    lines = [line.strip() for line in output]
    lines = [line for line in lines if line and not line.startswith("[")]
    for line in reversed(lines):
        if line.startswith("skipped"):
            return line[len("skipped"):].lstrip(": ")
    for line in lines:
        if not line.startswith(("Running main", "Note:", "Skipped")):
            return line
    return "no reason given"


def main():
    suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
    counts = {"run": 0, "fail": 0, "notrun": 0}
    for case in suite.iter("testcase"):
        status = case.get("status")
        if status == "disabled":
            status = "notrun"
        counts[status] += 1
        if status == "notrun":
            print("skipped %s: %s" % (case.get("name"), reason(case)))
        elif status == "fail":
            print("FAILED %s" % case.get("name"))
    print("%d passed, %d failed, %d skipped" %
          (counts["run"], counts["fail"], counts["notrun"]))
    return 1 if counts["fail"] or not counts["run"] else 0


if __name__ == "__main__":
    sys.exit(main())
