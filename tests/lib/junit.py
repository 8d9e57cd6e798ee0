#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turns meson's JUnit file into lines of ./check's tally: layer, result, name, reason.

usage: junit.py FILE LAYER    LAYER is for tests whose meson suite has no name
"""
import re
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
    for kind in ("failure", "error"):
        if case.find(kind) is not None:
            return "fail", text_of(case.find(kind))
    if case.find("skipped") is not None:
        return "skip", reason_of(case.find("skipped"))
    return "pass", ""


def place_of(suite, case, layer):
    """meson writes `project:suite / program` and, for GoogleTest, `.Class` behind it."""
    for name in (suite.get("name", ""), case.get("name", "")):
        match = re.search(r":(\w+) / ([^.]+)\.?(.*)", name)
        if match:
            return match[1], match[2], match[3]
    return layer, suite.get("name", ""), case.get("classname", "")


def main():
    for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
        for case in suite.findall("testcase"):
            layer, program, group = place_of(suite, case, sys.argv[2])
            result, reason = outcome(case)
            name = f"{program}: {group}.{case.get('name')}" if group else case.get("name").rpartition(" / ")[2]
            print(layer, result, name, reason[:300], sep="\t")


main()
