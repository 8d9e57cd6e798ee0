#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The part of tests/bench/run that runs in the box: starts the engines, gives all the same image,
times the same commands in turns. Prints {what: {engine: [seconds]}} as JSON. Argument: settings."""
import json
import pathlib
import shutil
import subprocess
import sys
import time

REGISTRY = "localhost:5000"
IMAGE = f"{REGISTRY}/busybox:1"
BIG = f"{REGISTRY}/big:1"
CLIENT = {
    "berth": ["/usr/bin/berth"],
    "podman": ["/usr/bin/podman"],
    "docker": ["/usr/bin/docker"],
}
RUN = {
    "berth": ["run"],
    "podman": ["run", "--cgroups=disabled"],
    "docker": ["run"],
}
SYSTEMD_RUN = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", "true"]


def call(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}")


def timed(command):
    start = time.monotonic()
    call(command)
    return time.monotonic() - start


def engines(without):
    here = [name for name, client in CLIENT.items() if shutil.which(client[0]) and name not in without]
    if "docker" in here:
        call(["systemctl", "start", "docker"])
    if "podman" in here:
        pathlib.Path("/etc/containers/registries.conf.d").mkdir(parents=True, exist_ok=True)
        pathlib.Path("/etc/containers/registries.conf.d/bench.conf").write_text(
            f'[[registry]]\nlocation = "{REGISTRY}"\ninsecure = true\n')
    return here


def start_registry(images):
    lib = pathlib.Path(__file__).resolve().parents[1] / "lib/registry.sh"
    call(["bash", "-euc", f'source "{lib}"; registry_up 5000; '
          f'registry_put {images["busybox"]}:1 busybox:1; registry_put {images["big"]}:1 big:1'])


class Bench:
    def __init__(self, settings):
        self.rounds = settings["rounds"]
        self.only = settings["only"]
        self.engines = engines(settings["without"])
        self.results = {}

    def wanted(self, name):
        return not self.only or name in self.only

    def measure(self, title, commands, rounds, before=None):
        """Each round runs every command once, starting with another one each time."""
        times = {engine: [] for engine in commands}
        order = list(commands)
        for turn in range(rounds + 1):
            for engine in order[turn % len(order):] + order[:turn % len(order)]:
                if before:
                    before(engine)
                seconds = timed(commands[engine])
                if turn > 0:  # the first round only warms up
                    times[engine].append(seconds)
        self.results[title] = times

    def all(self, make):
        return {engine: make(engine) for engine in self.engines}

    def run_none(self):
        commands = self.all(lambda e: CLIENT[e] + RUN[e] + ["--rm", "--net", "none", IMAGE, "true"])
        self.measure("run --rm --net none true", {"systemd-run": SYSTEMD_RUN, **commands}, self.rounds)

    def run_bridge(self):
        self.measure("run --rm on the bridge, true",
                     self.all(lambda e: CLIENT[e] + RUN[e] + ["--rm", IMAGE, "true"]), self.rounds)

    def exec_and_ps(self):
        for e in self.engines:
            call(CLIENT[e] + RUN[e] + ["-d", "--name", "bench", "--net", "none", IMAGE, "sleep", "100000"])
        if self.wanted("exec"):
            self.measure("exec true", self.all(lambda e: CLIENT[e] + ["exec", "bench", "true"]), self.rounds)
        if self.wanted("ps"):
            self.measure("ps", self.all(lambda e: CLIENT[e] + ["ps"]), self.rounds)
        for e in self.engines:
            call(CLIENT[e] + ["rm", "-f", "bench"])

    def pull(self):
        def forget(engine):
            subprocess.run(CLIENT[engine] + ["rmi", BIG], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        self.measure("pull of 4 layers, 600 MB unpacked", self.all(lambda e: CLIENT[e] + ["pull", BIG]),
                     max(1, self.rounds // 5), before=forget)
        for e in self.engines:
            forget(e)

    def run(self):
        for e in self.engines:
            call(CLIENT[e] + ["pull", IMAGE])
        if self.wanted("run"):
            self.run_none()
        if self.wanted("bridge"):
            self.run_bridge()
        if self.wanted("exec") or self.wanted("ps"):
            self.exec_and_ps()
        if self.wanted("pull"):
            self.pull()
        return self.results


def main():
    settings = json.loads(sys.argv[1])
    start_registry(settings["images"])
    print(json.dumps(Bench(settings).run()))


main()
