#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""oci_bundle.py DIR [STATEMENT...]: an OCI bundle around busybox, for tests of runtimes.

The statements are Python that changes the configuration: c is all of it, p its process, l its linux
section, m its mounts; say(script) makes a shell script the program. A root that is there is kept.
"""
import json
import os
import shutil
import subprocess
import sys

APPLETS = 'sh cat echo sleep id ls mount stat true test touch readlink hostname env umask head tr grep sed ' \
          'kill ps mkdir mknod wc sort dd date uname tty stty nc trap pwd umount chown find printf cut'


def make_root(root):
    if os.path.exists(f'{root}/bin/busybox'):
        return
    for name in ('bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'data', 'masked', 'readonly'):
        os.makedirs(f'{root}/{name}', exist_ok=True)
    shutil.copy(shutil.which('busybox'), f'{root}/bin/busybox')
    known = subprocess.run([f'{root}/bin/busybox', '--list'], check=True, capture_output=True, text=True).stdout
    for name in APPLETS.split():
        if name in known.split():
            os.symlink('busybox', f'{root}/bin/{name}')
    for path, text in {'masked/file': 'secret', 'readonly/file': 'text', 'masked-file': 'secret',
                       'etc/passwd': 'root:x:0:0::/root:/bin/sh\n'}.items():
        with open(f'{root}/{path}', 'w', encoding='utf-8') as file:
            file.write(text)


def plain_config():
    return {
        'ociVersion': '1.0.2',
        'process': {'user': {'uid': 0, 'gid': 0}, 'args': ['true'], 'env': ['PATH=/bin', 'A=b c'], 'cwd': '/'},
        'root': {'path': 'rootfs'},
        'hostname': 'oci-host',
        'mounts': [
            {'destination': '/proc', 'type': 'proc', 'source': 'proc'},
            {'destination': '/dev', 'type': 'tmpfs', 'source': 'tmpfs', 'options': ['nosuid', 'mode=755']},
            {'destination': '/dev/pts', 'type': 'devpts', 'source': 'devpts',
             'options': ['newinstance', 'ptmxmode=0666', 'mode=0620']},
            {'destination': '/dev/shm', 'type': 'tmpfs', 'source': 'shm',
             'options': ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k']},
            {'destination': '/sys', 'type': 'sysfs', 'source': 'sysfs', 'options': ['nosuid', 'noexec', 'nodev', 'ro']},
        ],
        'linux': {'namespaces': [{'type': name} for name in ('pid', 'ipc', 'uts', 'mount', 'network')]},
    }


def main():
    directory = sys.argv[1]
    make_root(f'{directory}/rootfs')
    c = plain_config()
    names = {'c': c, 'p': c['process'], 'l': c['linux'], 'm': c['mounts'],
             'say': lambda script: c['process'].update(args=['sh', '-c', script])}
    for statement in sys.argv[2:]:
        exec(statement, names)  # pylint: disable=exec-used # the caller is a test
    with open(f'{directory}/config.json', 'w', encoding='utf-8') as file:
        json.dump(c, file, indent=1)


if __name__ == '__main__':
    main()
