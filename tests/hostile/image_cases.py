# SPDX-License-Identifier: LGPL-2.1-or-later
"""Manifests, indexes and configurations that lie about sizes, digests and counts, or are something else."""
import copy
import json

from layer_cases import ACCEPTED, CANARY, EITHER, REFUSED, Case
from layout import GZIP, INDEX, MANIFEST, TAR, Image, descriptor, digest
from tarball import file, whole

LAYER = whole(file('f', b'content'))
CASES = []


def case(name, expect, change, says=''):
    """change(image) spoils a good image."""
    def build():
        # A layer of its own: what is here already is not fetched, so that its bytes would not be looked at.
        image = Image([whole(file('f', name.encode()))], GZIP)
        change(image)
        return image
    CASES.append(Case(name, build, expect, says))


def set_path(document, path, value):
    for key in path[:-1]:
        document = document[key]
    if value is None:
        del document[path[-1]]
    else:
        document[path[-1]] = value


def manifest(name, expect, *path_and_value, says=''):
    *path, value = path_and_value

    def change(image):
        image.close()
        document = copy.deepcopy(image.manifest)
        set_path(document, path, value)
        image.manifest_bytes = json.dumps(document).encode()
        image.index_bytes = None
        image.close()
    case('manifest: ' + name, expect, change, says)


def config(name, expect, *path_and_value, says=''):
    *path, value = path_and_value
    case('configuration: ' + name, expect, lambda image: set_path(image.config, path, value), says)


def raw_manifest(name, expect, data, media_type=MANIFEST):
    def change(image):
        image.manifest_bytes = data() if callable(data) else data
        image.manifest_type = media_type
    case('manifest: ' + name, expect, change)


def raw_config(name, expect, data):
    def change(image):
        image.config_bytes = data
    case('configuration: ' + name, expect, change)


def raw_index(name, expect, data):
    def change(image):
        image.close()
        image.index_bytes = data(image) if callable(data) else data
    case('index: ' + name, expect, change)


NO_JSON = (('nothing', b''), ('null', b'null'), ('a list', b'[]'), ('a number', b'1e999'), ('a text', b'"x"'),
           ('cut in the middle', b'{"schemaVersion":2,'), ('no UTF-8', b'{"schemaVersion":2,"mediaType":"\xff\xfe"}'),
           ('with a mark of order', b'\xef\xbb\xbfnull'), ('a hundred thousand brackets', b'[' * 100000),
           ('nested in objects', b'{"a":' * 50000), ('five megabytes', b'{"a":"' + b'x' * (5 << 20) + b'"}'),
           ('four megabytes of numbers', b'[' + b'0,' * (2 << 20) + b'0]'), ('HTML', b'<html>404</html>'))


def manifests():
    for name, data in NO_JSON:
        raw_manifest(name, REFUSED, data)
    manifest('schema version 1', REFUSED, 'schemaVersion', 1, says='obsolete')
    manifest('no schema version', REFUSED, 'schemaVersion', None)
    manifest('schema version as text', REFUSED, 'schemaVersion', '2')
    manifest('schema version 3', REFUSED, 'schemaVersion', 3)
    manifest('layers and manifests at once', REFUSED, 'manifests', [descriptor(b'', MANIFEST)], says='at once')
    manifest('layers and fsLayers at once', REFUSED, 'fsLayers', [])
    manifest('says it is an index', REFUSED, 'mediaType', INDEX)
    manifest('says it is something else', REFUSED, 'mediaType', 'text/plain')
    manifest('media type is a number', REFUSED, 'mediaType', 7)
    manifest('no configuration', REFUSED, 'config', None)
    manifest('configuration is a list', REFUSED, 'config', [])
    manifest('configuration of an artifact', REFUSED, 'config', 'mediaType', 'application/vnd.cncf.helm.config.v1+json',
             says='artifact')
    for value in (-1, 1, 10 ** 6, 4 << 20, 1 << 62, 1 << 65, 1.5, '12', 1e30, True):
        manifest(f'configuration of size {value!r}', REFUSED, 'config', 'size', value)
        manifest(f'layer of size {value!r}', REFUSED, 'layers', 0, 'size', value)
    manifest('configuration without size', REFUSED, 'config', 'size', None)
    for value in ('', 'sha256:', 'sha256:' + 'a' * 63, 'sha256:' + 'A' * 64, 'sha256:' + 'g' * 64, 'md5:' + 'a' * 32,
                  'sha512:' + 'a' * 128, 'sha256:../../../../../../' + CANARY + '/victim', 'a' * 64,
                  'sha256:' + 'a' * 64 + '\n', 5):
        manifest(f'layer with digest {value!r}', REFUSED, 'layers', 0, 'digest', value)
    manifest('layer that is not there', REFUSED, 'layers', 0, 'digest', 'sha256:' + 'a' * 64)
    manifest('configuration that is not there', REFUSED, 'config', 'digest', 'sha256:' + 'a' * 64)
    manifest('layers are null', REFUSED, 'layers', 'null')
    manifest('layers are an object', REFUSED, 'layers', {})
    manifest('layer is a number', REFUSED, 'layers', [1])
    manifest('no layers', REFUSED, 'layers', [])
    manifest('layer twice', REFUSED, 'layers', [descriptor(LAYER, TAR)] * 2)
    manifest('ten thousand layers', REFUSED, 'layers', [descriptor(LAYER, TAR)] * 10000)
    manifest('layer of unknown type', REFUSED, 'layers', 0, 'mediaType', 'application/x-executable', says='unknown type')
    manifest('encrypted layer', REFUSED, 'layers', 0, 'mediaType', TAR + '+gzip+encrypted', says='encrypted')
    manifest('layer with addresses elsewhere', ACCEPTED, 'layers', 0, 'urls', ['http://127.0.0.1:1/x', f'file://{CANARY}/victim'])
    manifest('annotations that are numbers', EITHER, 'layers', 0, 'annotations', {'a': 1})
    manifest('annotations of a megabyte', EITHER, 'annotations', {str(n): 'x' * 100 for n in range(10000)})
    manifest('a subject and an artifact type', EITHER, 'artifactType', 'x/y')


def indexes():
    for name, data in NO_JSON:
        raw_index(name, REFUSED, data)
    def to(image, **more):
        return {'schemaVersion': 2, 'manifests': [dict(descriptor(image.manifest_bytes, MANIFEST), **more)]}
    named = {'org.opencontainers.image.ref.name': '1'}
    raw_index('empty', REFUSED, b'{"schemaVersion":2,"manifests":[]}')
    raw_index('of ten thousand', REFUSED, lambda image: json.dumps(
        {'schemaVersion': 2, 'manifests': to(image, annotations=named)['manifests'] * 10000}).encode())
    raw_index('size of the manifest is wrong', EITHER, lambda image: json.dumps(to(image, size=5, annotations=named)).encode())
    raw_index('digest leads out', REFUSED, lambda image: json.dumps(
        to(image, digest='sha256:../../../../../..' + CANARY + '/victim', annotations=named)).encode())
    raw_index('manifest is not there', REFUSED, lambda image: json.dumps(
        to(image, digest='sha256:' + 'b' * 64, annotations=named)).encode())

    def nested(depth):
        def make(image):
            data, kind = image.manifest_bytes, MANIFEST
            for _ in range(depth):
                entry = dict(descriptor(data, kind), platform={'os': 'linux', 'architecture': 'amd64'})
                data, kind = json.dumps({'schemaVersion': 2, 'mediaType': INDEX, 'manifests': [entry]}).encode(), INDEX
                image.add(data)
            return json.dumps({'schemaVersion': 2, 'manifests': [descriptor(data, kind, annotations=named)]}).encode()
        return make
    raw_index('of an index', ACCEPTED, nested(1))
    raw_index('twenty deep', REFUSED, nested(20))

    def other_platform(image):
        entry = dict(descriptor(image.manifest_bytes, MANIFEST), platform={'os': 'plan9', 'architecture': '\x1b[31m'})
        data = json.dumps({'schemaVersion': 2, 'mediaType': INDEX, 'manifests': [entry]}).encode()
        image.add(data)
        return json.dumps({'schemaVersion': 2, 'manifests': [descriptor(data, INDEX, annotations=named)]}).encode()
    raw_index('for no platform of ours', REFUSED, other_platform)

    def false_blob(image):
        image.blobs[digest(image.manifest_bytes)] = image.manifest_bytes + b' '
        return None
    case('index: manifest has another digest', REFUSED, lambda image: (image.close(), false_blob(image)))


def false_blobs():
    def spoil(which, change):
        def apply(image):
            image.close()
            name = image.manifest[which]['digest'] if which == 'config' else image.manifest['layers'][0]['digest']
            image.blobs[name] = change(image.blobs[name])
        return apply
    # Of a file that is longer than its descriptor says only the descriptor's part is taken, and that is right.
    for which in ('config', 'layers'):
        case(f'{which}: other bytes of the same size', REFUSED, spoil(which, lambda data: data[:-1] + bytes([data[-1] ^ 1])))
        case(f'{which}: one byte more', EITHER, spoil(which, lambda data: data + b'\0'))
        case(f'{which}: cut', REFUSED, spoil(which, lambda data: data[:-1]))
        case(f'{which}: empty', REFUSED, spoil(which, lambda data: b''))
        case(f'{which}: a hundred megabytes more', EITHER, spoil(which, lambda data: data + bytes(100 << 20)))


def configurations():
    for name, data in NO_JSON:
        raw_config(name, REFUSED, data)
    config('no file system', REFUSED, 'rootfs', None)
    config('file system is a list', REFUSED, 'rootfs', [])
    config('file system of another type', REFUSED, 'rootfs', 'type', 'layers+base')
    config('more layers than the manifest', REFUSED, 'rootfs', 'diff_ids', ['sha256:' + 'a' * 64] * 2)
    config('fewer layers than the manifest', REFUSED, 'rootfs', 'diff_ids', [])
    config('another layer than the manifest', REFUSED, 'rootfs', 'diff_ids', ['sha256:' + 'a' * 64], says='digest')
    config('layers are numbers', REFUSED, 'rootfs', 'diff_ids', [1])
    config('layers lead out', REFUSED, 'rootfs', 'diff_ids', ['sha256:../../' + CANARY])
    config('ten thousand layers', REFUSED, 'rootfs', 'diff_ids', ['sha256:' + 'a' * 64] * 10000)
    config('a history longer than the layers', REFUSED, 'history', [{'created_by': 'x'}] * 5)
    config('a history of a hundred thousand', REFUSED, 'history', [{'empty_layer': True}] * 100000)
    for key, value in (('Env', 'A=b'), ('Env', [1]), ('Env', {'A': 'b'}), ('Cmd', 'sh'), ('Cmd', [['sh']]), ('User', 0),
                       ('Labels', {'a': 1}), ('Labels', ['a']), ('WorkingDir', ['/']), ('Volumes', ['/v']),
                       ('ExposedPorts', 80), ('Entrypoint', {'a': 'b'}), ('StopSignal', 9)):
        config(f'{key} is {value!r}', REFUSED, 'config', key, value)
    for key, value in (('Env', ['=x', 'A', '', 'LD_PRELOAD=/evil.so', 'X=' + 'y' * 100000]), ('Volumes', {'../../..': {}, '/proc': {}}),
                       ('WorkingDir', '/proc/self/fd/8/../../..'), ('WorkingDir', '../../..'), ('User', '4294967296:-1'),
                       ('Labels', {'io.berth.privileged': 'true', 'x\nExecStart=/evil': 'y\n[Service]'}),
                       ('ExposedPorts', {'99999/tcp': {}, '1-65535/udp': {}}), ('StopSignal', 'SIGNONE'),
                       ('OnBuild', ['RUN evil']), ('Healthcheck', {'Test': 'x', 'Interval': -5})):
        config(f'{key} is {str(value)[:60]!r}', EITHER, 'config', key, value)
    config('for another machine', EITHER, 'architecture', 's390x')
    config('for another system', EITHER, 'os', 'windows\x1b[2J')
    config('made in the year 99999', EITHER, 'created', '99999-01-01T00:00:00Z')
    config('made never', EITHER, 'created', 'nonsense')


manifests()
indexes()
false_blobs()
configurations()
