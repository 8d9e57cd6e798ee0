#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds an OCI image layout to itself: every descriptor has its blob, of its size and digest, and every document is
what the specification's schemas ask for. The schemas are third-party data beside the project; without them that part
is left out, and said to be. Usage: validate_oci.py LAYOUT
"""
import hashlib
import json
import pathlib
import sys

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = {'application/vnd.oci.image.index.v1+json': 'image-index-schema.json',
           'application/vnd.oci.image.manifest.v1+json': 'image-manifest-schema.json',
           'application/vnd.oci.image.config.v1+json': 'config-schema.json'}


FOLDER = TOP.parent / 'shared/data/oci-schemas/image-spec/schema'
BASE = 'http://schemas.invalid/'


def local(schema):
    """Without the addresses that its parts give themselves, so that its references are names of files."""
    if isinstance(schema, dict):
        return {key: local(value) for key, value in schema.items() if key != 'id' or not isinstance(value, str)}
    return [local(value) for value in schema] if isinstance(schema, list) else schema


class Validator:
    def __init__(self):
        self.schemas = {path.name: local(json.loads(path.read_text(encoding='utf-8'))) for path in FOLDER.glob('*.json')}
        self.store = {BASE + name: schema for name, schema in self.schemas.items()}
        if not self.schemas:
            print(f'there are no schemas in {FOLDER}: only sizes and digests were looked at')

    def check(self, name, document):
        if not self.schemas:
            return
        schema = self.schemas[name]
        resolver = jsonschema.RefResolver(BASE + name, schema, store=self.store)
        jsonschema.Draft4Validator(schema, resolver=resolver).validate(document)


def check_blob(layout, descriptor, validator):
    algorithm, name = descriptor['digest'].split(':')
    data = (layout / 'blobs' / algorithm / name).read_bytes()
    assert len(data) == descriptor['size'], f'{name} has {len(data)} bytes, not {descriptor["size"]}'
    assert hashlib.sha256(data).hexdigest() == name, f'{name} is not its digest'
    media_type = descriptor['mediaType']
    if media_type not in SCHEMAS:
        return 1
    document = json.loads(data)
    validator.check(SCHEMAS[media_type], document)
    parts = document.get('manifests', []) + document.get('layers', [])
    if isinstance(document.get('config'), dict) and 'digest' in document['config']:
        parts.append(document['config'])
    return 1 + sum(check_blob(layout, part, validator) for part in parts)


def main():
    layout = pathlib.Path(sys.argv[1])
    validator = Validator()
    validator.check('image-layout-schema.json', json.loads((layout / 'oci-layout').read_text(encoding='utf-8')))
    index = json.loads((layout / 'index.json').read_text(encoding='utf-8'))
    validator.check('image-index-schema.json', index)
    count = sum(check_blob(layout, entry, validator) for entry in index['manifests'])
    assert count, 'there is no image'
    print(f'{count} blobs are as they should be')


main()
