#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the size limits of CONTRIBUTING.md: a source file 500 lines, a header 250, a test 700.

A file that must be longer says so itself, in a comment `size: REASON` among its first ten lines.
"""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


def limit_of(path):
    if path.startswith('tests/'):
        return 700
    return 250 if path.endswith('.hpp') else 500


def main():
    names = subprocess.run(['git', 'ls-files', '*.cpp', '*.hpp'], cwd=TOP, check=True,
                           capture_output=True, text=True).stdout.split()
    too_long = 0
    for name in names:
        path = TOP / name
        if not path.exists():
            continue
        lines = path.read_text(encoding='utf-8').splitlines()
        if len(lines) > limit_of(name) and not any('size: ' in line for line in lines[:10]):
            print(f'{name}: {len(lines)} lines, the limit is {limit_of(name)}')
            too_long += 1
    if not too_long:
        print(f'{len(names)} files keep to the size limits')
    return 1 if too_long else 0


if __name__ == '__main__':
    sys.exit(main())
