#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lets berth pull and load images made to hurt it. Runs in a throwaway machine as root; it makes /canary, which
the images aim at.

usage: run.py layers|images|archives|registries [PART-OF-A-NAME]
Prints `ok<tab>NAME` or `not ok<tab>NAME<tab>WHY` for each case, then for what holds for all of them: nothing was
written outside the store, memory stayed bounded, berthd lives, nothing is left over, the store is sound.
"""
import collections
import concurrent.futures
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import archive_cases
import image_cases
import layer_cases
import registry_cases
from layer_cases import ACCEPTED, CANARY, REFUSED
from layout import digest

STATE = '/var/lib/berth'
WORK = '/var/tmp/hostile'
SECONDS = 60
MEMORY = 300 << 20
# What a message must not hold: signs of an accident instead of an answer.
ACCIDENT = re.compile(r'by signal|without an answer|std::|bad_alloc|basic_string|vector|nlohmann|\[json|Internal', re.I)
Outcome = collections.namedtuple('Outcome', 'status error seconds')


def berth(*arguments):
    begun = time.monotonic()
    try:
        done = subprocess.run(['berth', *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS, check=False)
        return Outcome(done.returncode, done.stderr.decode(errors='replace'), time.monotonic() - begun)
    except subprocess.TimeoutExpired:
        return Outcome(None, '', SECONDS)


def faults_of_error(outcome, says):
    lines = outcome.error.splitlines()
    if len(lines) != 1:
        yield f'its error has {len(lines)} lines: {outcome.error[:300]!r}'
    if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in outcome.error.rstrip('\n')):
        yield f'its error has control characters: {outcome.error!r}'
    if len(outcome.error) > 1500:
        yield f'its error has {len(outcome.error)} characters'
    if ACCIDENT.search(outcome.error):
        yield f'it met with an accident: {outcome.error!r}'
    if says not in outcome.error:
        yield f'its error does not speak of "{says}": {outcome.error!r}'


def faults_of(outcome, case):
    if outcome.status is None:
        yield f'it took longer than {SECONDS} seconds'
    elif outcome.status == 0:
        if case.expect == REFUSED:
            yield 'it was accepted'
    else:
        if case.expect == ACCEPTED:
            yield f'it was refused: {outcome.error!r}'
        yield from faults_of_error(outcome, case.says)


def top_layer(image):
    chain = ''
    for layer in image.layers:
        chain = digest(layer) if not chain else 'sha256:' + hashlib.sha256(f'{chain} {digest(layer)}'.encode()).hexdigest()
    return f'{STATE}/storage/overlay/layers/{chain[7:]}/diff'


def faults_of_tree(image, tree):
    root = os.fsencode(top_layer(image))
    for name, wanted in tree.items():
        path = root + b'/' + (name if isinstance(name, bytes) else name.encode())
        try:
            status = os.lstat(path)
        except OSError:
            if wanted is not None:
                yield f'{name!r} is missing'
            continue
        if wanted is None:
            yield f'{name!r} is there'
        elif callable(wanted):
            if not wanted(status):
                yield f'{name!r} is not what it should be: mode {status.st_mode:o}'
        elif pathlib.Path(os.fsdecode(path)).read_bytes() != wanted:
            yield f'{name!r} has another content'


def pull_case(case, number):
    where = f'{WORK}/{number}'
    image = case.image()
    image.write(where)
    outcome = berth('pull', '-q', f'dir:{where}:1')
    shutil.rmtree(where)
    faults = list(faults_of(outcome, case))
    if outcome.status == 0:
        faults += faults_of_tree(image, case.tree)
    return outcome, faults


def load_case(case, number):
    where = f'{WORK}/{number}.tar'
    pathlib.Path(where).write_bytes(case.build())
    outcome = berth('load', '-q', '-i', where)
    os.unlink(where)
    return outcome, list(faults_of(outcome, case))


def registry_case(port):
    def run(case, number):
        outcome = berth('pull', '-q', f'localhost:{port}/case{number}/x:1')
        return outcome, list(faults_of(outcome, case))
    return run


class Watch(threading.Thread):
    """Sees the most memory that each program of berth has used, while it runs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peaks = collections.defaultdict(int)
        self.start()

    def run(self):
        while True:
            for entry in os.scandir('/proc'):
                if entry.name.isdigit():
                    self.look(entry.path)
            time.sleep(0.05)

    def look(self, path):
        try:
            name = pathlib.Path(path, 'comm').read_text(encoding='utf-8').strip()
            if name in ('berthd', 'berth-worker'):
                peak = re.search(r'VmHWM:\s*(\d+) kB', pathlib.Path(path, 'status').read_text(encoding='utf-8'))
                self.peaks[name] = max(self.peaks[name], int(peak[1]) << 10 if peak else 0)
        except OSError:
            pass


def changed_since(mark):
    """Every file of this machine that has changed, but for those that must: the store, the journal, our own."""
    prune = []
    for path in ('/proc', '/sys', '/dev', '/run', '/tmp', WORK, '/var/log/journal', '/var/tmp/systemd*', '/var/lib/systemd',
                 '/var/cache', '/var/lib/apt', '/var/lib/dpkg', '/var/lib/berth-test-registry', STATE + '/berth.db*', STATE + '/blobs', STATE + '/jobs', STATE + '/storage/overlay'):
        prune += ['-o', '-path', path]
    # A box shows the files of its host, whose programs may be writing to places of their own.
    places = [place for place in ('/bin', '/boot', '/etc', '/home', '/opt', '/sbin', '/srv', '/usr', '/var', CANARY) if os.path.isdir(place)]
    return subprocess.run(['find', *places, STATE, '-xdev', '(', *prune[1:], ')', '-prune', '-o', '-newercc', mark,
                           '!', '-path', STATE, '-print'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, text=True).stdout.splitlines()


def make_canary():
    shutil.rmtree(CANARY, ignore_errors=True)
    os.makedirs(CANARY + '/dir', 0o755)
    for name in ('victim', 'dir/victim'):
        pathlib.Path(CANARY, name).write_text('untouched')
    # Overlay tidies a directory's attributes when it is first listed, which counts as a change of it.
    pathlib.Path('/run/hostile-begun').touch()
    changed_since('/run/hostile-begun')
    time.sleep(0.1)
    pathlib.Path('/run/hostile-begun').touch()
    time.sleep(0.1)


def written_outside():
    found = changed_since('/run/hostile-begun')
    loose = []
    for kind, owned in (('layers', r'[0-9a-f]{64}$'), ('l', r'[0-9]+$')):
        folder = f'{STATE}/storage/overlay/{kind}'
        names = os.listdir(folder) if os.path.isdir(folder) else []
        loose += [f'{folder}/{name}' for name in names if not re.match(owned, name)]
    return [path for path in found if path not in ('/var/tmp', '/')] + loose


def journal(*arguments):
    done = subprocess.run(['journalctl', '--no-pager', '-o', 'cat', *arguments], stdout=subprocess.PIPE, check=False, text=True)
    return done.stdout


def report(name, faults):
    print('\t'.join(['not ok' if faults else 'ok', name, '; '.join(faults).replace('\t', ' ').replace('\n', ' ')]), flush=True)


def report_all(watch, begun):
    outside = written_outside()
    report('nothing was written outside the store', [f'changed: {outside[:10]}'] if outside else [])
    content = [pathlib.Path(CANARY, name).read_text() for name in ('victim', 'dir/victim')]
    report('the canary lives', [] if content == ['untouched'] * 2 and os.stat(CANARY).st_mode & 0o7777 == 0o755 else ['it was touched'])
    for program, limit in (('berth-worker', MEMORY), ('berthd', 64 << 20)):
        used = watch.peaks[program]
        report(f'{program} stayed below {limit >> 20} MiB', [] if 0 < used < limit else [f'it used {used >> 20} MiB'])
    died = re.findall(r'.*(?:Main process exited|Failed with result|dumped).*', journal('-u', 'berthd', '--since', f'@{begun}'))
    report('berthd lived through it', died)
    units = subprocess.run(['systemctl', 'list-units', '--no-legend', 'berth-job-*'], stdout=subprocess.PIPE, check=False, text=True).stdout
    report('no job is left', [units] if units.strip() else [])
    images = subprocess.run(['berth', 'images', '-aq', '--no-trunc'], stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    if images:
        subprocess.run(['berth', 'rmi', '-f', *sorted(set(images))], stdout=subprocess.DEVNULL, check=False)
    check = berth('system', 'check')
    report('the store is sound', [check.error] if check.status != 0 else [])


def main():
    part, wanted = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ''
    cases, run, threads = {
        'layers': (layer_cases.CASES, pull_case, 4), 'images': (image_cases.CASES, pull_case, 4),
        'archives': (archive_cases.CASES, load_case, 4), 'registries': (registry_cases.CASES, None, 16)}[part]
    run = run or registry_case(registry_cases.start())
    assert len({case.name for case in cases}) == len(cases), 'two cases of one name'
    begun = int(time.time())
    os.makedirs(WORK, exist_ok=True)
    make_canary()
    watch = Watch()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        tasks = [(case, pool.submit(run, case, number)) for number, case in enumerate(cases) if wanted in case.name]
        for case, task in tasks:
            outcome, faults = task.result()
            report(case.name, faults)
            if os.environ.get('HOSTILE_VERBOSE'):
                print(f'#  {case.expect} {outcome.seconds:.2f}s {outcome.error.strip()}')
    report_all(watch, begun)


main()
