#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the rules of ARCHITECTURE.md: who may include whom, and that the map names real files.

Prints one line a fault and exits 1, or prints how much it checked.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent

# Each folder and the folders it may include besides itself and include/berth.
LOW = ['base', 'spec']
ALLOWED = {
    'base': [],
    'spec': ['base'],
    'dockerfile': ['base'],
    'bus': ['base'],
    'systemd': ['bus', 'spec', 'base'],
    'store': LOW,
    'plugin': LOW + ['store'],
    'image': LOW + ['dockerfile', 'store', 'plugin'],
    'build': LOW + ['dockerfile', 'store', 'plugin', 'image'],
    'container': LOW + ['store', 'plugin', 'image', 'systemd'],
    'daemon': LOW + ['bus', 'systemd', 'store', 'plugin', 'image', 'container'],
    'worker': LOW + ['bus', 'store', 'plugin', 'image', 'build', 'systemd'],
    'run': LOW + ['plugin', 'store'],
    'cli': ['bus', 'dockerfile', 'base'],
}
# A single file that may reach one layer further, with the reason.
EXCEPTIONS = {
    ('src/run/terminal_handover.cpp', 'bus'): 'hands the terminal to the daemon, one call',
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)


def owner(path):
    parts = path.relative_to(TOP).parts
    return parts[1] if parts[0] == 'src' else None


def faults_of_source(path):
    folder = owner(path)
    for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
        target = name.split('/')[0]
        if '/' not in name or target not in ALLOWED:
            continue
        if not (TOP / 'src' / name).exists():
            continue
        relative = str(path.relative_to(TOP))
        if (relative, target) in EXCEPTIONS:
            continue
        if folder is None:
            if target != 'base':
                yield f'{relative}: a plugin may not include <{name}>'
        elif target != folder and target not in ALLOWED[folder]:
            yield f'{relative}: src/{folder} may not include <{name}>'


def faults_of_sdk(path):
    for name in INCLUDE.findall(path.read_text(encoding='utf-8')):
        if '/' in name and not name.startswith('berth/'):
            yield f'{path.relative_to(TOP)}: the SDK may include the standard library only, not <{name}>'


def faults_of_map():
    text = (TOP / 'ARCHITECTURE.md').read_text(encoding='utf-8')
    for name in sorted(set(re.findall(r'`((?:src|plugins|include|tests|units|dbus|polkit|man|completion)/[\w./-]+)`', text))):
        if not (TOP / name).exists():
            yield f'ARCHITECTURE.md: names {name}, which does not exist'


def main():
    sources = [p for d in ('src', 'plugins') for p in sorted((TOP / d).rglob('*'))
               if p.suffix in ('.cpp', '.hpp')]
    faults = [f for p in sources for f in faults_of_source(p)]
    faults += [f for p in sorted((TOP / 'include').rglob('*.hpp')) for f in faults_of_sdk(p)]
    faults += list(faults_of_map())
    for fault in faults:
        print(fault)
    if not faults:
        print(f'{len(sources)} files keep to the layers, and every path in ARCHITECTURE.md exists')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
