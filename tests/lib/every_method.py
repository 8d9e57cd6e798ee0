# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls every method that introspection shows on every kind of object of org.berth1, as whoever runs
it, with arguments that a permitted caller would be served with.

usage: every_method.py DBUS-DIR CONTAINER-ID ENDED-CONTAINER-ID IMAGE-REFERENCE JOB
prints one line a method: INTERFACE.METHOD DOCUMENTED OUTCOME
where DOCUMENTED is what the interface's XML says after "Polkit:".
"""
import os
import pathlib
import re
import sys

import wire

SERVICE = "org.berth1"
NEVER_CALLED = {"org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable",
                "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"}


def documented(directory):
    """{"org.berth1.Manager.Info": "none"}"""
    rights = {}
    for file in pathlib.Path(directory).glob("*.xml"):
        interface = file.stem
        for comment, method in re.findall(r"<!--(.*?)-->\s*<method name=\"(\w+)\"", file.read_text(), re.S):
            found = re.search(r"Polkit: (.*?)\n\s*Since", comment, re.S)
            rights[f"{interface}.{method}"] = " ".join(found.group(1).split()) if found else "?"
    return rights


class Sampler:
    """Arguments by name and type, such that only rights can stand in the way."""

    def __init__(self, container, image, job):
        self.named = {"image": image, "reference": image, "source": image, "names": [image],
                      "target": "polkit/other:1", "container": container, "argv": ["true"],
                      "arguments": [], "format": "docker", "host": "localhost:5000", "term": "localhost:5000/x",
                      "path": "/etc/passwd", "signal": "TERM"}
        self.by_method = {"GetImage": {"name": image}, "RemoveImage": {"name": image},
                          "GetContainer": {"name": container}, "Rename": {"name": "polkit-renamed"},
                          "CreateNetwork": {"name": "polkit-network"},
                          "RemoveNetwork": {"options": {"force": ("b", True)}},
                          "Inspect": {"format": "docker"}, "GetJob": {"id": job, "number": job, "job": job},
                          "Commit": {"reference": "polkit/commit:1"},
                          "Login": {"options": {"user": ("s", "someone")}},
                          "AdoptTerminal": {"key": "container/" + container},
                          "CreateContainer": {"name": "polkit-created"},
                          "RunContainer": {"name": "polkit-run"}}

    def value(self, method, name, kind, fds):
        if name in self.by_method.get(method, {}):
            return self.by_method[method][name]
        if kind == "h":
            fds.append(os.open("/dev/null", os.O_RDWR))
            return len(fds) - 1
        if name in self.named and kind in ("s", "as"):
            return self.named[name]
        if kind[0] == "a":
            return {} if kind.startswith("a{") else []
        return {"s": "x", "o": "/", "g": "", "b": False}.get(kind, 0)


def methods(bus):
    """Each method once for each kind of object, the first of a kind standing for the others."""
    seen = set()
    for path, tree in wire.objects(bus, SERVICE):
        for interface in tree.findall("interface"):
            name = interface.get("name")
            if name in seen or name in NEVER_CALLED:
                continue
            seen.add(name)
            for method in interface.findall("method"):
                inputs = [(arg.get("name"), arg.get("type")) for arg in method.findall("arg")
                          if arg.get("direction", "in") == "in"]
                yield path, name, method.get("name"), inputs


def main():
    directory, container, ended, image, job = sys.argv[1:]
    bus = wire.Bus()
    rights = documented(directory)
    sampler = Sampler(container, image, int(job))
    for path, interface, method, inputs in list(methods(bus)):
        if interface == "org.berth1.Container":
            path = "/org/berth1/container/" + (ended if method == "Wait" else container)
        fds = []
        arguments = [sampler.value(method, name, kind, fds) for name, kind in inputs]
        answer = bus.call(SERVICE, path, interface, method, "".join(kind for _, kind in inputs), arguments,
                          fds=fds, timeout=20)
        for fd in fds:
            os.close(fd)
        name = f"{interface}.{method}"
        right = rights.get(name, "undocumented").replace(" ", "_")
        print(name, right, answer.outcome() if answer else "no-answer", answer.text()[:150] if answer and answer.error else "")


main()
