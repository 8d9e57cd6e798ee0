#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The contract on the bus, held in both directions.

compare_interfaces.py LIVE_INTERFACES POLICY XML...

What the objects have on the bus and what dbus/*.xml says must be the same; every interface, member
and argument must be explained there; every method must have its line "Polkit:" that agrees with the
policy of berthd; every action named must be in polkit's file.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

faults = []


def fault(text):
    faults.append(text)


def live(program):
    """{interface: element}, {(interface, method): (guard, action)}"""
    interfaces, policy, lines = {}, {}, None
    output = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        if line.startswith("interface "):
            name, lines = line.split()[1], []
        elif line == "end":
            for element in ET.fromstring("\n".join(lines)).iter("interface"):
                if element.get("name") == name:
                    interfaces[name] = element
            lines = None
        elif line.startswith("policy "):
            words = line.split(" ")
            policy[(words[1], words[2])] = (words[3], words[4])
        elif lines is not None:
            lines.append(line)
    return interfaces, policy


def shape(interface):
    """What matters to a caller: {(kind, name): (arguments or (type, access, emits))}."""
    members = {}
    for element in interface:
        kind, name = element.tag, element.get("name")
        if kind in ("method", "signal"):
            direction = "in" if kind == "method" else "out"
            members[kind, name] = [
                (arg.get("name"), arg.get("type"), arg.get("direction", direction)) for arg in element.findall("arg")
            ]
        elif kind == "property":
            emits = "true"
            for note in element.findall("annotation"):
                if note.get("name") == "org.freedesktop.DBus.Property.EmitsChangedSignal":
                    emits = note.get("value")
            members[kind, name] = (element.get("type"), element.get("access"), emits)
    return members


def compare(name, documented, served):
    ours, theirs = shape(documented), shape(served)
    for key in sorted(set(ours) | set(theirs)):
        if key not in theirs:
            fault(f"{name}: {key[0]} {key[1]} is documented, but not on the bus")
        elif key not in ours:
            fault(f"{name}: {key[0]} {key[1]} is on the bus, but not documented")
        elif ours[key] != theirs[key]:
            fault(f"{name}: {key[0]} {key[1]} is documented as {ours[key]}, but is {theirs[key]}")


def comments(path):
    """The comment that stands right before each interface and member: {(kind, name): text}."""
    text = open(path, encoding="utf-8").read()
    found = {}
    pattern = r"<!--((?:(?!-->).)*)-->\s*<(interface|method|property|signal) name=\"([^\"]+)\""
    for match in re.finditer(pattern, text, re.DOTALL):
        found[match.group(2), match.group(3)] = match.group(1)
    return found


EXPECTED = {
    "open": "none",
    "root": "root only",
    "manage": "org.berth1.container-manage-own, org.berth1.container-manage",
    "launch": "org.berth1.container-manage-own, org.berth1.container-manage",
    "exec": "org.berth1.container-manage-own, org.berth1.container-exec",
    "run": "org.berth1.container-run, org.berth1.container-run-host, org.berth1.container-run-privileged",
}


def expected_polkit(guard, action):
    if guard == "action":
        return f"org.berth1.{action}"
    if guard == "own-open":
        return f"none for the owner, else org.berth1.{action}"
    return EXPECTED[guard]


def line_of(text, title):
    """What stands after "TITLE:", on the lines that go on from it."""
    said = None
    for line in (line.strip() for line in text.splitlines()):
        if line.startswith(title + ":"):
            said = [line[len(title) + 1 :]]
        elif said is not None and (not line or re.match(r"[A-Z]\w+: ", line)):
            break
        elif said is not None:
            said.append(line)
    return None if said is None else " ".join(" ".join(said).split()).rstrip(".")


def check_text(where, kind, name, text, arguments):
    if text is None:
        fault(f"{where}: {kind} {name} is not explained")
        return
    first = text.strip().splitlines()[0].strip()
    if first != name + ":":
        fault(f"{where}: the comment of {kind} {name} begins with '{first}'")
    for argument in arguments:
        if not re.search(rf"^\s*@{re.escape(argument)}: \S", text, re.MULTILINE):
            fault(f"{where}: argument {argument} of {kind} {name} is not explained")
    for argument in re.findall(r"^\s*@(\w+):", text, re.MULTILINE):
        if argument not in arguments:
            fault(f"{where}: {kind} {name} has no argument {argument}")
    if kind != "interface" and len(text.split()) < 5:
        fault(f"{where}: {kind} {name} is hardly explained")
    if line_of(text, "Since") is None and kind != "property":
        fault(f"{where}: {kind} {name} does not say since when")


def check_docs(path, interface, policy, actions):
    name, texts = interface.get("name"), comments(path)
    check_text(name, "interface", name, texts.get(("interface", name)), [])
    for element in interface:
        kind, member = element.tag, element.get("name")
        if kind not in ("method", "signal", "property"):
            continue
        text = texts.get((kind, member))
        arguments = [arg.get("name") for arg in element.findall("arg")]
        check_text(name, kind, member, text, arguments)
        if kind != "method" or text is None:
            continue
        if (name, member) not in policy:
            fault(f"{name}: method {member} is in no policy, so nobody may call it")
            continue
        wanted, said = expected_polkit(*policy[name, member]), line_of(text, "Polkit")
        if said != wanted:
            fault(f"{name}: {member} says 'Polkit: {said}', but the policy is '{wanted}'")
        if line_of(text, "Errors") is None:
            fault(f"{name}: {member} does not say how it fails")
        for action in re.findall(r"org\.berth1\.[a-z-]+", said or ""):
            if action not in actions:
                fault(f"{name}: {member} needs {action}, which polkit does not know")


def main():
    interfaces, policy = live(sys.argv[1])
    actions = {action.get("id") for action in ET.parse(sys.argv[2]).iter("action")}
    documented = {}
    for path in sys.argv[3:]:
        for interface in ET.parse(path).iter("interface"):
            documented[interface.get("name")] = interface
            check_docs(path, interface, policy, actions)
    for name in sorted(set(interfaces) ^ set(documented)):
        fault(f"{name} is " + ("on the bus, but not documented" if name in interfaces else "documented, but not on the bus"))
    for name in sorted(set(interfaces) & set(documented)):
        compare(name, documented[name], interfaces[name])
    methods = {(name, member) for name, element in interfaces.items() for kind, member in shape(element) if kind == "method"}
    for row in sorted(set(policy) - methods):
        fault(f"{row[0]}: the policy has {row[1]}, which is not on the bus")
    for text in faults:
        print(text)
    print(f"{len(interfaces)} interfaces, {len(methods)} methods: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
