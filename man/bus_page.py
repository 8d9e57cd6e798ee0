#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the manual page org.berth1(5) of the interfaces' XML: bus_page.py OUTPUT XML...

The comment before each member is its description, as dbus/ has it: "Name:", "@argument: text" lines,
paragraphs, and "Errors:", "Polkit:" and "Since:" lines. What it does not understand is an error.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

HEAD = r'''.\" SPDX-License-Identifier: LGPL-2.1-or-later
.\" Made of the interfaces' XML by man/bus_page.py.
.Dd November 25, 2026
.ds doc-volume-operating-system berth
.Dt ORG.BERTH1 5
.Os berth
.Sh NAME
.Nm org.berth1
.Nd the D-Bus interfaces of the container engine berth
.Sh DESCRIPTION
.Xr berthd 8
is
.Sy org.berth1
on the system bus.
The same text stands in
.Pa /usr/share/dbus-1/interfaces/org.berth1.*.xml .
'''
TAIL = r'''.Sh EXAMPLES
.Bd -literal -offset indent
$ busctl tree org.berth1
$ busctl introspect org.berth1 /org/berth1
$ busctl call org.berth1 /org/berth1 org.berth1.Manager GetContainer s web
$ busctl monitor --match "type='signal',interface='org.berth1.Manager'"
.Ed
.Sh SEE ALSO
.Xr berth 1 ,
.Xr berthd 8 ,
.Xr busctl 1 ,
.Xr polkit 8
'''
ORDER = ['Manager', 'Container', 'Image', 'Job', 'Plugin', 'Worker']


def text(line):
    """A line of text that roff takes for one."""
    line = line.replace('\\', r'\e')
    return r'\&' + line if line.startswith(('.', "'")) else line


def quoted(line):
    return '"' + text(line).replace('"', r'\(dq') + '"'


class Comment:
    """The description of one member."""

    def __init__(self, raw, name):
        lines = [line.rstrip() for line in raw.strip('\n').splitlines()]
        indent = min(len(line) - len(line.lstrip()) for line in lines if line)
        lines = [line[indent:] for line in lines]
        if lines[0] != f'{name}:':
            sys.exit(f'the comment of {name} begins with {lines[0]!r}')
        self.arguments, self.blocks, self.facts = {}, [], []
        last = None
        for line in lines[1:]:
            if found := re.match(r'@(\w+): (.*)', line):
                last = ['argument', found.group(1), found.group(2)]
                self.arguments[found.group(1)] = last
            elif found := re.match(r'(Errors|Polkit|Since): (.*)', line):
                last = ['fact', found.group(1), found.group(2)]
                self.facts.append(last)
            elif not line:
                last = None
            elif last and last[0] != 'block':
                last[2] += ' ' + line.strip()
            elif last:
                last[1].append(line)
            else:
                last = ['block', [line]]
                self.blocks.append(last)

    def paragraphs(self):
        for _, lines in self.blocks:
            if all(line.startswith('  ') for line in lines):
                yield '.Bd -literal\n' + '\n'.join(text(line) for line in lines) + '\n.Ed\n'
            else:
                yield '.Pp\n' + '\n'.join(text(line.strip()) for line in lines) + '\n'

    def roff(self, arguments):
        page = ''.join(self.paragraphs())
        missing = [name for name, _ in arguments if name not in self.arguments]
        if missing:
            sys.exit(f'the argument {missing[0]} is not described')
        if arguments:
            page += '.Bl -tag -width Ds -compact\n'
            for name, kind in arguments:
                page += f'.It Ar {name} Pq Sy {quoted(kind)}\n{text(self.arguments[name][2])}\n'
            page += '.El\n'
        for _, title, value in self.facts:
            if title != 'Since':
                page += f'.br\n{title}: {text(value)}\n'
        return page


def signature(member, kind):
    arguments = [(a.get('name'), a.get('type'), a.get('direction', 'out')) for a in member.findall('arg')]
    takes = ', '.join(f'{t} {n}' for n, t, d in arguments if d == 'in')
    gives = ', '.join(f'{t} {n}' for n, t, d in arguments if d == 'out')
    if kind == 'property':
        return f'{member.get("type")} {member.get("name")}'
    if kind == 'signal':
        return f'{member.get("name")}({gives})'
    return f'{member.get("name")}({takes})' + (f' -> ({gives})' if gives else '')


def section(root):
    interface = root.find('interface')
    name = interface.get('name')
    comments = dict(zip(list(root)[1:], list(root)))
    page = f'.Sh {name}\n' + Comment(comments[interface].text, name).roff([])
    children = list(interface)
    comments = dict(zip(children[1:], children))
    for kind, title in (('method', 'Methods'), ('signal', 'Signals'), ('property', 'Properties')):
        members = [child for child in children if child.tag == kind]
        if not members:
            continue
        page += f'.Ss {title} of {name.rsplit(".", 1)[1]}\n.Bl -tag -width Ds\n'
        for member in members:
            arguments = [(a.get('name'), a.get('type')) for a in member.findall('arg')]
            described = Comment(comments[member].text, member.get('name')).roff(arguments)
            page += f'.It Sy {quoted(signature(member, kind))}\n' + described.removeprefix('.Pp\n')
        page += '.El\n'
    return page


def main():
    output, *sources = sys.argv[1:]
    roots = [ET.parse(source, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))).getroot()
             for source in sources]
    roots.sort(key=lambda root: ORDER.index(root.find('interface').get('name').rsplit('.', 1)[1]))
    page = HEAD + ''.join(section(root) for root in roots) + TAIL
    pathlib.Path(output).write_text(page, encoding='utf-8')


if __name__ == '__main__':
    main()
