# SPDX-License-Identifier: LGPL-2.1-or-later
"""Archives for `berth load` that lead out, go in circles, lack what they name, or never end."""
import gzip
import json
import zlib

from layer_cases import ACCEPTED, CANARY, EITHER, REFUSED
from layout import digest
from tarball import END, directory, file, hardlink, header, pax_sparse, symlink, whole

LAYER = whole(file('loaded', b'content'))
CONFIG = json.dumps({'architecture': 'amd64', 'os': 'linux',
                     'rootfs': {'type': 'layers', 'diff_ids': [digest(LAYER)]}}).encode()
CASES = []


class Archive:
    def __init__(self, name, build, expect, says=''):
        self.name, self.build, self.expect, self.says = 'archive: ' + name, build, expect, says


def listing(config='c.json', layers=('l.tar',), tags=('hostile/loaded:1',)):
    return file('manifest.json', json.dumps([{'Config': config, 'RepoTags': list(tags), 'Layers': list(layers)}]).encode())


GOOD = file('c.json', CONFIG) + file('l.tar', LAYER)


def case(name, expect, *parts, says='', end=END):
    CASES.append(Archive(name, lambda: b''.join(part() if callable(part) else part for part in parts) + end, expect, says))


case('as it should be', ACCEPTED, GOOD, listing())
case('packed', ACCEPTED, lambda: gzip.compress(whole(GOOD, listing())), end=b'')
for target in (f'{CANARY}/victim', '../../../..' + CANARY + '/victim', '/etc/passwd', '/proc/self/environ'):
    case(f'configuration at {target}', REFUSED, GOOD, listing(config=target))
    case(f'layer at {target}', REFUSED, GOOD, listing(layers=[target]))
    case(f'layer is a link to {target}', REFUSED, file('c.json', CONFIG), symlink('l.tar', target), listing())
    case(f'layer is a hard link to {target}', REFUSED, file('c.json', CONFIG), hardlink('l.tar', target), listing())
    case(f'configuration is a link to {target}', REFUSED, symlink('c.json', target), file('l.tar', LAYER), listing())
case('a link in the archive', ACCEPTED, file('c.json', CONFIG), file('d/layer.tar', LAYER), symlink('e/l.tar', '../d/layer.tar'),
     listing(layers=['e/l.tar']))
case('links in a circle', REFUSED, file('c.json', CONFIG), symlink('l.tar', 'm.tar'), symlink('m.tar', 'l.tar'), listing(), says='circles')
case('a link to nothing', REFUSED, file('c.json', CONFIG), symlink('l.tar', ''), listing())
case('a directory as layer', REFUSED, file('c.json', CONFIG), directory('l.tar'), listing())
case('a name that leads out', REFUSED, file('../../c.json', CONFIG), file('l.tar', LAYER), listing())
case('no configuration', REFUSED, file('l.tar', LAYER), listing(), says='lacks')
case('no layer', REFUSED, file('c.json', CONFIG), listing(), says='lacks')
case('more layers than the configuration', REFUSED, GOOD, listing(layers=['l.tar', 'l.tar']))
case('no layers', REFUSED, GOOD, listing(layers=[]))
case('another layer', REFUSED, file('c.json', CONFIG), file('l.tar', whole(file('evil'))), listing())
case('names that are none', EITHER, GOOD, listing(tags=['../../x', 'UPPER:1', '-rf', 'a b', '', 'x@sha256:1', '\n', 'ok:1']))
case('ten thousand names', EITHER, GOOD, listing(tags=['many/names:%d' % n for n in range(10000)]))
case('two listings', EITHER, GOOD, listing(config='evil'), listing())
case('no listing', REFUSED, GOOD, says='neither')
for name, data in (('empty', b''), ('null', b'null'), ('an object', b'{}'), ('numbers', b'[1]'), ('deep', b'[' * 100000),
                   ('five megabytes', b'[' + b' ' * (5 << 20) + b']'), ('no texts', b'[{"Config":1,"Layers":[]}]'),
                   ('ten thousand images', b'[' + b'{"Config":"c.json","Layers":["l.tar"]},' * 10000 + b'{}]')):
    case(f'listing: {name}', REFUSED, GOOD, file('manifest.json', data))
case('a sparse layer', EITHER, file('c.json', CONFIG), pax_sparse('l.tar', [(0, 4)], 1 << 40, b'data'), listing())
case('thirty thousand files', REFUSED, lambda: b''.join(file(f'f{n}', b'') for n in range(30000)), GOOD, listing())
case('cut', REFUSED, GOOD, lambda: listing()[:560], end=b'')
case('nothing', REFUSED, end=b'')
case('no archive', REFUSED, b'hello' * 1000, end=b'')
case('index that is none', REFUSED, file('oci-layout', b'{"imageLayoutVersion":"1.0.0"}'), file('index.json', b'[]'))
case('index of what is not there', REFUSED, file('oci-layout', b'{"imageLayoutVersion":"1.0.0"}'), file('index.json', json.dumps(
    {'schemaVersion': 2, 'manifests': [{'mediaType': 'application/vnd.oci.image.manifest.v1+json', 'size': 3,
                                        'digest': 'sha256:' + 'a' * 64}]}).encode()))
case('index with a blob of another digest', REFUSED, file('oci-layout', b'{"imageLayoutVersion":"1.0.0"}'), file('index.json', json.dumps(
    {'schemaVersion': 2, 'manifests': [{'mediaType': 'application/vnd.oci.image.manifest.v1+json', 'size': 2,
                                        'digest': 'sha256:' + 'a' * 64}]}).encode()), file('blobs/sha256/' + 'a' * 64, b'{}'))


def endless():
    """The head of a file of eight tebibytes, and the first two gibibytes of it in two megabytes."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = pack.compress(header(b'l.tar', b'0', 1 << 43)) + pack.flush()
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return head + (pack.compress(bytes(1 << 26)) + pack.flush()) * 32


case('a file larger than any disk', REFUSED, endless, end=b'')
