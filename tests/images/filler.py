#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fills a directory with files that look like those of a distribution: sizes from one page to
4 MB, part text that shrinks well, part bytes that do not. The same arguments make the same files."""
import pathlib
import random
import sys

WORDS = [b"library", b"package", b"return", b"include", b"static", b"system", b"version", b"value"]


def content(rng, size):
    if rng.random() < 0.45:
        return rng.randbytes(size)
    line = b" ".join(rng.choice(WORDS) + b"%d" % rng.randrange(10000) for _ in range(2000)) + b"\n"
    return (line * (size // len(line) + 1))[:size]


def main():
    directory, total, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng = random.Random(seed)
    number = 0
    while total > 0:
        size = min(total, int(4096 * 2 ** (rng.random() * 10)))
        path = directory / f"{number % 97:02d}" / f"file{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(rng, size))
        total -= size
        number += 1


main()
