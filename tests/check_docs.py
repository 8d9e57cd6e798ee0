#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds the manual pages to the programs: usage check_docs.py BERTH BERTH-OCI, the built programs.

Every command, alias and flag that their help prints is in berth(1) and berth-oci(8), and the reverse; every key of berth.toml
that the sources read is in berth.toml(5) and in doc/berth.toml, and the reverse; every polkit action is in
berthd(8); every BERTH_ variable is in a page; man shows the pages without a warning.
Prints one line a fault and exits 1, or prints how much it checked.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
MAN = TOP / 'man'
FLAG_LINE = re.compile(r'^ {2,6}(-.*?)(?:  |$)', re.M)
NO_BUS = {**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent', 'LC_ALL': 'C.UTF-8'}


def read(path):
    return path.read_text(encoding='utf-8')


def run(*command):
    return subprocess.run(command, env=NO_BUS, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)


class Help:
    """What berth says of itself."""

    page = 'berth.1'

    def __init__(self, program):
        self.program = program
        general = self.ask()
        self.options = self.flags_in(general.split('\n\n')[2])
        sections = general.split('\n\n')[3:-1]
        self.verbs = [m for s in sections for m in re.findall(r'^  (\w+(?: \w+)?)  ', s, re.M)]
        self.groups = re.search(r'as in docker: (.*)\.\n', general).group(1).split(', ')
        self.aliases = [f'{group} {name}' for group in self.groups
                        for name in re.findall(r'^  (\w+)  ', self.ask(group), re.M)]

    def ask(self, *words):
        result = run(self.program, *words, '--help')
        if result.returncode != 0 or result.stderr:
            sys.exit(f'{self.program} {" ".join(words)} --help: status {result.returncode}: {result.stderr}')
        return result.stdout

    @staticmethod
    def flags_in(text):
        return {flag for line in FLAG_LINE.findall(text) for flag in re.findall(r'(?<![\w-])--?\w[\w-]*', line)}

    def flags(self, verb):
        return self.flags_in(self.ask(*verb.split()).split('\n\n', 2)[-1])

    def takes(self, verb, flag):
        """Whether a name that the help leaves out is known all the same."""
        said = run(self.program, *verb.split(), flag).stderr
        return 'unknown flag' not in said and 'unknown shorthand' not in said


class OciHelp(Help):
    """What berth-oci says of itself."""

    page = 'berth-oci.8'

    def __init__(self, program):  # pylint: disable=super-init-not-called
        self.program = program
        commands, options = self.ask().split('Options:\n')
        self.options = self.flags_in(options)
        self.verbs = re.findall(r'^  (\w+)  ', commands, re.M)
        self.aliases = []

    def takes(self, verb, flag):
        return False  # its help leaves nothing out


def sections_of(page, macro):
    """{title: text} of the .Ss or .Sh of a page."""
    parts = re.split(r'^\.(Sh|Ss) (.*)\n', page, flags=re.M)
    return {title: text for kind, title, text in zip(parts[1::3], parts[2::3], parts[3::3])
            if kind in macro}


def flags_of(text):
    """One list of names for each flag of a page's section."""
    return [['-' + name for name in re.findall(r'Fl (-?\w[\w-]*)', line)]
            for line in re.findall(r'^\.It (Fl .*)', text, re.M)]


def faults_of_flags(verb, entries, shown, says):
    where = f'{says.page}: {verb}:'
    documented = {flag for entry in entries for flag in entry}
    for flag in sorted(shown - documented):
        yield f'{where} {flag} is not described'
    for entry in entries:
        if not shown.intersection(entry):
            yield f'{where} there is no flag {", ".join(entry)}'
        for flag in set(entry) - shown:
            if not says.takes(verb, flag):
                yield f'{where} there is no flag {flag}'


def faults_of_commands(says):
    page = read(MAN / says.page)
    described = sections_of(page, ['Ss'])
    own = flags_of(sections_of(page, ['Sh'])['OPTIONS'])
    shown = says.options | {'--help'}
    yield from faults_of_flags('', own, shown, says)
    also = ' '.join(re.findall(r'^\.Cm (.*)', page, re.M))
    for alias in says.aliases:
        if not re.search(rf'\b{alias}\b', also):
            yield f'{says.page}: {alias} is not mentioned'
    verbs = says.verbs + [a for a in says.aliases if a in described and a not in says.verbs]
    for verb in verbs:
        if verb not in described:
            yield f'{says.page}: {verb} is not described'
            continue
        text = described[verb]
        entries = flags_of(text)
        shown = says.flags(verb)
        base = re.search(r'^\.\\" check: as (\w+)', text, re.M)
        if base:
            inherited = [entry for entry in flags_of(described[base.group(1)])
                         if shown.intersection(entry)]
            entries += inherited
        yield from faults_of_flags(verb, entries, shown, says)
    for title in sorted(set(described) - set(verbs) - {'Names', 'Sizes, times and durations'}):
        yield f'{says.page}: there is no command {title}'


def words_in(text):
    return set(re.findall(r'"([\w-]+)"', text))


def keys_read():
    """{table: keys} from the sources that read berth.toml."""
    engine = read(TOP / 'src/spec/engine_config.cpp')
    known = re.findall(r'keep_plugin_tables\(section, name, config, \{([^}]*)\}', engine)
    tables = dict(zip(['storage', 'network', 'registry'], map(words_in, known)))
    for source in sorted((TOP / 'plugins').glob('*/*/*.cpp')):
        kind, name = source.parent.relative_to(TOP / 'plugins').parts
        reads = re.search(r'(?:view\.only|check_settings)\([^{;]*\{([^}]*)\}', read(source))
        if kind in tables and reads:
            tables[f'{kind}.{name}'] = words_in(reads.group(1)) - tables[kind]
    return tables


def keys_of_page():
    page = read(MAN / 'berth.toml.5')
    tables = {}
    for title, text in sections_of(page, ['Sh', 'Ss']).items():
        for table in re.findall(r'\[([\w.]+)\]', title):
            tables[table] = set(re.findall(r'^\.It Ic ([\w-]+)', text, re.M))
    return tables


def keys_of_example():
    tables = {}
    for line in read(TOP / 'doc/berth.toml').splitlines():
        if table := re.match(r'\[([\w.]+)\]', line):
            keys = tables.setdefault(table.group(1), set())
        elif key := re.match(r'#([\w-]+) = ', line):
            keys.add(key.group(1))
    return tables


def faults_of_settings():
    reads = keys_read()
    if sum(map(len, reads.values())) < 12:
        yield f'check_docs.py: finds no more than these keys in the sources: {reads}'
    for name, tables in (('berth.toml.5', keys_of_page()), ('doc/berth.toml', keys_of_example())):
        if 'registry.mirrors' in tables:  # a table that is a key
            del tables['registry.mirrors']
            tables['registry'] |= {'mirrors'}
        for table in sorted(set(reads) | set(tables)):
            there, wanted = tables.get(table, set()), reads.get(table)
            if wanted is None:
                yield f'{name}: nothing reads [{table}]'
                continue
            if name.endswith('.5') and table not in tables:
                yield f'{name}: [{table}] is missing'
            for key in sorted(wanted - there):
                yield f'{name}: [{table}] {key} is missing'
            for key in sorted(there - wanted):
                yield f'{name}: nothing reads [{table}] {key}'


def faults_of_actions():
    text = sections_of(read(MAN / 'berthd.8'), ['Sh'])['POLKIT ACTIONS']
    described = dict(zip(*[iter(re.split(r'^\.It Sy org\.berth1\.([a-z-]+)\n', text, flags=re.M)[1:])] * 2))
    actions = set(re.findall(r'<action id="org\.berth1\.([\w-]+)">', read(TOP / 'polkit/org.berth1.policy')))
    asked = words_in(read(TOP / 'src/daemon/policy.cpp'))
    if len(actions) < 10:
        yield f'check_docs.py: finds no more than these actions: {actions}'
    for action in sorted(actions - set(described)):
        yield f'berthd.8: the action {action} is not described'
    for action in sorted(set(described) - actions):
        yield f'berthd.8: there is no action {action}'
    for action in sorted(actions & set(described)):
        if ('No method asks for it' in described[action]) == (action in asked):
            yield f'berthd.8: {action}: whether a method asks for it is said wrongly'


def faults_of_variables():
    pages = ''.join(read(page) for page in MAN.glob('*.[0-9]'))
    for source in sorted((TOP / 'src').rglob('*.cpp')):
        for name in re.findall(r'"(BERTH_[A-Z_]+)"', read(source)):
            if not re.search(rf'\b{name}\b', pages):
                yield f'{source.relative_to(TOP)}: {name} is in no page'


def faults_of_page(page):
    shown = run('man', '--warnings', '-E', 'UTF-8', '-l', str(page))
    if shown.returncode != 0 or shown.stderr:
        yield f'{page.name}: man: {shown.stderr.strip()}'


def faults_of_bus_page():
    with tempfile.TemporaryDirectory() as directory:
        page = pathlib.Path(directory) / 'org.berth1.5'
        made = run(str(MAN / 'bus_page.py'), str(page), *map(str, sorted((TOP / 'dbus').glob('*.xml'))))
        if made.returncode != 0:
            yield f'org.berth1.5: {made.stderr.strip()}'
            return
        yield from faults_of_page(page)


def faults_of_pages():
    pages = sorted(MAN.glob('*.[0-9]'))
    installed = read(MAN / 'meson.build')
    for page in pages:
        if f"'{page.name}'" not in installed:
            yield f'{page.name}: is not installed'
        yield from faults_of_page(page)
        for name, section in re.findall(r'^\.Xr (berth[\w.-]*) (\d)', read(page), re.M):
            if not (MAN / f'{name}.{section}').exists():
                yield f'{page.name}: refers to {name}({section}), which does not exist'


def main():
    says = Help(sys.argv[1])
    faults = [fault for check in (faults_of_commands(says), faults_of_commands(OciHelp(sys.argv[2])),
                                  faults_of_settings(), faults_of_actions(), faults_of_variables(),
                                  faults_of_pages(), faults_of_bus_page()) for fault in check]
    for fault in faults:
        print(fault)
    if not faults:
        print(f'{len(says.verbs)} commands, {len(says.aliases)} aliases, settings, actions and variables are '
              'described as they are')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
