# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tar archives byte by byte, so that every field can be wrong."""
BLOCK = 512
END = bytes(2 * BLOCK)


def octal(value, width):
    return b'%0*o\0' % (width - 1, value)


def base256(value, width):
    """GNU's binary numbers; negative ones begin with 0xff."""
    raw = value.to_bytes(width, 'big', signed=True)
    return raw if value < 0 else bytes([raw[0] | 0x80]) + raw[1:]


def number(value, width):
    if isinstance(value, bytes):
        return value.ljust(width, b'\0')[:width]
    return octal(value, width) if 0 <= value < 8 ** (width - 1) else base256(value, width)


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def header(name, kind=b'0', size=0, link=b'', mode=0o644, uid=0, gid=0, mtime=1700000000, major=0, minor=0,
           magic=b'ustar\x0000', prefix=b'', checksum=None, tail=b''):
    """One header block. Numbers may be given as bytes, for what is no number; tail replaces all after the magic."""
    block = name.ljust(100, b'\0')[:100] + number(mode, 8) + number(uid, 8) + number(gid, 8)
    block += number(size, 12) + number(mtime, 12) + b' ' * 8 + kind + link.ljust(100, b'\0')[:100] + magic
    if tail:
        block = (block + tail).ljust(BLOCK, b'\0')
    else:
        block += bytes(64) + number(major, 8) + number(minor, 8) + prefix.ljust(155, b'\0')[:155] + bytes(12)
    assert len(block) == BLOCK
    total = b'%06o\0 ' % sum(block) if checksum is None else checksum
    return block[:148] + total + block[156:]


def entry(name, data=b'', kind=b'0', **fields):
    name = name.encode() if isinstance(name, str) else name
    fields.setdefault('size', len(data))
    if isinstance(fields.get('link'), str):
        fields['link'] = fields['link'].encode()
    return header(name, kind, **fields) + padded(data)


def file(name, data=b'x', **fields):
    return entry(name, data, **fields)


def directory(name, **fields):
    return entry(name, kind=b'5', mode=fields.pop('mode', 0o755), **fields)


def symlink(name, target, **fields):
    return entry(name, kind=b'2', link=target, mode=0o777, **fields)


def hardlink(name, target, **fields):
    return entry(name, kind=b'1', link=target, **fields)


def device(name, kind=b'3', major=1, minor=3, **fields):
    return entry(name, kind=kind, major=major, minor=minor, **fields)


def record(key, value):
    """A pax record with its own length in front."""
    key = key.encode() if isinstance(key, str) else key
    value = value.encode() if isinstance(value, str) else value
    rest = b' ' + key + b'=' + value + b'\n'
    size = len(rest)
    while len(b'%d' % size) + len(rest) != size:
        size = len(b'%d' % size) + len(rest)
    return b'%d' % size + rest


def pax(records, kind=b'x', name=b'pax'):
    data = records if isinstance(records, bytes) else b''.join(record(k, v) for k, v in records.items())
    return entry(name, data, kind)


def longname(name, kind=b'L'):
    return entry(b'././@LongLink', name + b'\0', kind, mode=0, magic=b'ustar  \0')


def whole(*parts):
    return b''.join(parts) + END


def gnu_sparse(name, extents, real, data, extended=0):
    """An old GNU sparse file: (offset, size) pairs in the header itself."""
    table = b''.join(number(o, 12) + number(s, 12) for o, s in extents[:4]).ljust(96, b'\0')
    tail = bytes(64) + bytes(16) + bytes(41) + table + bytes([extended]) + number(real, 12)
    return entry(name, data, b'S', magic=b'ustar  \0', tail=tail)


def pax_sparse(name, chunks, real, data, count=None):
    """A pax sparse file, format 1.0: its map is the first block of its content."""
    count = len(chunks) if count is None else count
    text = f'{count}\n' + ''.join(f'{o}\n{s}\n' for o, s in chunks)
    return pax({'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': name,
                'GNU.sparse.realsize': str(real)}) + file('GNUSparseFile.0/s', padded(text.encode()) + data)
