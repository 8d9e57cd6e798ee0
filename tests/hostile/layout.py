# SPDX-License-Identifier: LGPL-2.1-or-later
"""OCI image layouts in which every part can be replaced by a lie."""
import gzip
import hashlib
import json
import pathlib

OCI = 'application/vnd.oci.image.'
MANIFEST, INDEX, CONFIG = OCI + 'manifest.v1+json', OCI + 'index.v1+json', OCI + 'config.v1+json'
TAR, GZIP, ZSTD = OCI + 'layer.v1.tar', OCI + 'layer.v1.tar+gzip', OCI + 'layer.v1.tar+zstd'


def digest(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


def descriptor(data, media_type, **more):
    return {'mediaType': media_type, 'digest': digest(data), 'size': len(data), **more}


class Image:
    """Blobs, and the bytes of the manifest that index.json names. All of it may be changed before write()."""

    def __init__(self, layers=(b'',), media_type=TAR, packed=None):
        self.layers = list(layers)
        self.blobs = {}
        blobs = list(packed) if packed is not None else [self.pack(layer, media_type) for layer in self.layers]
        self.config = {'architecture': 'amd64', 'os': 'linux', 'config': {'Cmd': ['sh']},
                       'rootfs': {'type': 'layers', 'diff_ids': [digest(layer) for layer in self.layers]}}
        self.manifest = {'schemaVersion': 2, 'mediaType': MANIFEST,
                         'config': None, 'layers': [descriptor(blob, media_type) for blob in blobs]}
        for blob in blobs:
            self.add(blob)
        self.config_bytes = self.manifest_bytes = self.index_bytes = None
        self.manifest_type = MANIFEST
        self.closed = False

    @staticmethod
    def pack(layer, media_type):
        return gzip.compress(layer, 1, mtime=0) if media_type == GZIP else layer

    def add(self, data):
        self.blobs[digest(data)] = data
        return digest(data)

    def close(self):
        """Settles what was not replaced; returns the manifest's bytes."""
        if self.config_bytes is None:
            self.config_bytes = json.dumps(self.config).encode()
        self.add(self.config_bytes)
        if self.manifest_bytes is None:
            if self.manifest['config'] is None:
                self.manifest['config'] = descriptor(self.config_bytes, CONFIG)
            self.manifest_bytes = json.dumps(self.manifest).encode()
        self.add(self.manifest_bytes)
        if self.index_bytes is None:
            entry = descriptor(self.manifest_bytes, self.manifest_type,
                               annotations={'org.opencontainers.image.ref.name': '1'})
            self.index_bytes = json.dumps({'schemaVersion': 2, 'manifests': [entry]}).encode()
        self.closed = True
        return self.manifest_bytes

    def write(self, path):
        if not self.closed:
            self.close()
        blobs = pathlib.Path(path) / 'blobs/sha256'
        blobs.mkdir(parents=True)
        for name, data in self.blobs.items():
            (blobs / name[7:]).write_bytes(data)
        (blobs.parent.parent / 'index.json').write_bytes(self.index_bytes)
        (blobs.parent.parent / 'oci-layout').write_text('{"imageLayoutVersion":"1.0.0"}')
