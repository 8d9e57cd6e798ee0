#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns meson's JUnit file into lines of ./check's tally: layer, result, name, reason."""
import sys
import xml.etree.ElementTree as tree


def text_of(element):
    return " ".join((element.get("message") or element.text or "").split())


def reason_of(skipped):
    """GoogleTest puts `file:line ` before the reason; meson gives none when a program exits with 77."""
    text = text_of(skipped)
    head, _, rest = text.partition(" ")
    return (rest if head.rpartition(":")[2].isdigit() else text) or "the test gives no reason"


def outcome(case):
    failure = case.find("failure") if case.find("failure") is not None else case.find("error")
    if failure is not None:
        return "fail", text_of(failure)
    skipped = case.find("skipped")
    if skipped is not None:
        return "skip", reason_of(skipped)
    return "pass", ""


def main():
    for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
        program = suite.get("name", "").rpartition(".")[2]
        for case in suite.findall("testcase"):
            result, reason = outcome(case)
            name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
            print(sys.argv[2], result, f"{program}: {name}" if name != program else name, reason, sep="\t")


main()
