# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random calls of every method on the bus, some with arguments that are garbage, many under way at once.

usage: storm.py CALLS SEED
prints how many were answered, by outcome; status 1 when one was not.
"""
import collections
import os
import random
import sys

import wire

SERVICE = "org.berth1"
AT_ONCE = 40
HARMFUL = {"Prune", "Wait", "Check"}
TEXTS = ["", "x", "busybox:1", "../../etc/passwd", "a" * 5000, "%s%n%x", "\n\x01\x7f", "ünïcode", "-1", "dir:/", "localhost:1/x",
         "host", "container:x", "0" * 64, "{{.}}", "--help", "/", "/proc/self/fd/3"]
NUMBERS = {"y": 8, "n": 15, "q": 16, "i": 31, "u": 32, "x": 63, "t": 64}
KEYS = ["all", "size", "force", "cmd", "env", "privileged", "user", "stdin", "timeout_usec", "signal", "replace", "memory", "mounts",
        "volumes", "labels", "changes", "limit", "condition", "rows", "nonsense", "", "platform"]


def value(signature, fds, depth=0):
    kind = signature[0]
    if kind in NUMBERS:
        return random.choice([0, 1, 7, 2 ** NUMBERS[kind] - 1])
    if kind == "b":
        return random.randrange(2)
    if kind == "d":
        return random.choice([0.0, -1.5, float("inf"), float("nan")])
    if kind == "h":
        fds.append(os.open("/dev/null", os.O_RDWR))
        return len(fds) - 1
    if kind == "s":
        return random.choice(TEXTS)
    if kind == "o":
        return random.choice(["/", "/org/berth1", "/x/y"])
    if kind == "g":
        return random.choice(["", "s", "a{sv}"])
    if kind == "v":
        inner = random.choice(["s", "b", "u", "t", "i", "as", "a{ss}", "h", "d"] if depth < 3 else ["s"])
        return inner, value(inner, fds, depth + 1)
    if signature.startswith("a{s"):
        return {random.choice(KEYS): value(signature[3:-1], fds, depth + 1) for _ in range(random.randrange(4))}
    if kind == "a":
        return [value(signature[1:], fds, depth + 1) for _ in range(random.randrange(4))]
    return [value(part, fds, depth + 1) for part in wire.split_signature(signature[1:-1])]


def targets(bus):
    found = []
    for path, tree in wire.objects(bus, SERVICE):
        for interface in tree.findall("interface"):
            for method in interface.findall("method"):
                if method.get("name") not in HARMFUL:
                    signature = "".join(arg.get("type") for arg in method.findall("arg") if arg.get("direction", "in") == "in")
                    found.append((path, interface.get("name"), method.get("name"), signature))
    return found


def send_one(bus, targets_):
    path, interface, method, signature = random.choice(targets_)
    if random.random() < 0.2:
        path = random.choice(["/org/berth1/container/" + "0" * 64, "/org/berth1/job/99999999", "/org/berth1/image/x", path])
    if random.random() < 0.2:
        signature = random.choice(["", "s", "a{sv}", "asa{sv}", "sssss", "v", "(uu)", signature])
    fds = []
    arguments = [value(part, fds) for part in wire.split_signature(signature)]
    try:
        return bus.send(SERVICE, path, interface, method, signature, arguments, fds=fds[:16])
    finally:
        for fd in fds:
            os.close(fd)


def main():
    calls = int(sys.argv[1])
    random.seed(int(sys.argv[2]))
    bus = wire.Bus()
    known = targets(bus)
    outcomes = collections.Counter()
    waiting = set()
    while calls > 0 or waiting:
        while calls > 0 and len(waiting) < AT_ONCE:
            waiting.add(send_one(bus, known))
            calls -= 1
        message = bus.receive(60)
        if message is None:
            break
        if message.serial in waiting:
            waiting.remove(message.serial)
            outcomes[message.outcome()] += 1
    for name, count in outcomes.most_common():
        print(f"{count:6} {name}")
    print(f"{len(waiting)} unanswered")
    sys.exit(1 if waiting else 0)


main()
