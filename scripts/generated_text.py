"""Text that scripts write between two markers of a page, so that a table and what it is made from cannot
drift apart."""

import sys


def replaced(page, text, section, script, body):
    """`text` of the file `page` with `body` between the markers of `section`."""
    begin = "<!-- begin generated: %s (scripts/%s) -->" % (section, script)
    end = "<!-- end generated: %s -->" % section
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        sys.exit("%s: the markers of \"%s\" are missing or out of order" % (page.name, section))
    head, rest = text.split(begin)
    return head + begin + "\n\n" + body + "\n" + end + rest.split(end)[1]


def update(page, sections, script, usage, check):
    """Writes each section, whose lines `sections` has by name, into `page`; with `check` writes nothing.
    Returns the exit code: 1 if `check` found the page out of date."""
    old = page.read_text(encoding="utf-8")
    new = old
    for section, lines in sections.items():
        new = replaced(page, new, section, script, "".join(line + "\n" for line in lines))
    if new == old:
        return 0
    if check:
        print("docs/%s is out of date: run scripts/%s%s" % (page.name, script, usage), file=sys.stderr)
        return 1
    page.write_text(new, encoding="utf-8")
    print("docs/%s updated" % page.name)
    return 0
