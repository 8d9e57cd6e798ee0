# SPDX-License-Identifier: LGPL-2.1-or-later
"""Layers that attack: by names, links, deletions, devices, contradictions, numbers, sparse maps, names of
every kind, and by how they end. Each is refused, or (legal but odd) accepted with the right tree.
"""
import gzip
import os
import stat
import zlib

from layout import GZIP, TAR, ZSTD, Image
from tarball import (BLOCK, END, base256, device, directory, entry, file, gnu_sparse, hardlink, header, longname,
                     padded, pax, pax_sparse, record, symlink, whole)

CANARY = '/canary'
UP = '../' * 12 + 'canary/'
REFUSED, ACCEPTED, EITHER = 'refused', 'accepted', 'either'
CASES = []


class Case:
    """says: what the error must speak of. tree: {path: content | predicate of os.stat_result | None (absent)}."""

    def __init__(self, name, image, expect, says='', tree=None):
        self.name, self.image, self.expect, self.says, self.tree = name, image, expect, says, tree or {}


def layer(name, expect, *parts, says='', tree=None, end=END):
    CASES.append(Case('layer: ' + name, lambda: Image([b''.join(parts) + end]), expect, says, tree))


def layers(name, expect, *tars, tree=None):
    CASES.append(Case('layer: ' + name, lambda: Image(tars), expect, '', tree))


def packed(name, expect, blob, plain, media_type=GZIP, says=''):
    """A layer by the bytes the registry has and by those its configuration vouches for."""
    # What is refused has no layer that another case may have brought.
    CASES.append(Case('packing: ' + name, lambda: Image([plain() or (name.encode() if expect == REFUSED else b'')], media_type,
                                                        [blob()]), expect, says))


def is_kind(check):
    return lambda status: check(status.st_mode)


def names_that_lead_out():
    for name in ('../victim', '/../victim', 'a/../../victim', '..', '../..', './../x', 'a/b/../../../victim',
                 UP + 'victim', '/' + UP + 'victim', 'x/../' + UP + 'victim'):
        layer(f'a file named {name}', REFUSED, file(name), says='leads out')
    layer('a directory named ..', REFUSED, directory('../d'), says='leads out')
    layer('a link named ..', REFUSED, symlink('../l', 'x'), says='leads out')
    layer('a device named ..', REFUSED, device('../null'), says='leads out')
    layer('pax path out', REFUSED, pax({'path': UP + 'victim'}), file('fine'), says='leads out')
    layer('GNU long name out', REFUSED, longname((UP + 'victim').encode()), file('fine'), says='leads out')
    layer('ustar prefix out', REFUSED, file('victim', prefix=b'../..'), says='leads out')
    layer('an absolute name is below the layer', ACCEPTED, directory('/canary'), file('/canary/victim', b'in'),
          tree={'canary/victim': b'in'})
    layer('.. within the layer', ACCEPTED, directory('a'), file('a/../b', b'in'), tree={'b': b'in', 'a/b': None})


def links_that_lead_out():
    for target in (CANARY, UP, '/', '/proc/self/root' + CANARY, '/proc/1/root' + CANARY, '/proc/self/cwd', '.', 'l'):
        layer(f'through a link to {target}', EITHER, directory('./'), symlink('l', target), file('l/victim', b'pwned'))
        layer(f'a deletion through a link to {target}', EITHER, directory('./'), symlink('l', target),
              file('l/.wh.victim', b''))
        layer(f'an opaque mark through a link to {target}', EITHER, directory('./'), symlink('l', target),
              file('l/.wh..wh..opq', b''))
    layer('mode of a directory that is a link', EITHER, symlink('l', CANARY), directory('l', mode=0o777),
          tree={'l': is_kind(stat.S_ISDIR)})
    layer('a file over a link', ACCEPTED, symlink('l', CANARY + '/victim'), file('l', b'mine'), tree={'l': b'mine'})
    layer('a chain of links', EITHER, symlink('a', 'b'), symlink('b', 'c'), symlink('c', CANARY), file('a/victim'))
    layer('a directory swapped for a link', EITHER, directory('d'), file('d/x'), symlink('d', CANARY),
          file('d/victim', b'pwned'))
    layer('a link swapped twice', EITHER, symlink('d', CANARY), directory('d'), symlink('d', CANARY), file('d/victim'))
    layer('forty links in a row', EITHER, *[symlink(f'l{n}', f'l{n + 1}') for n in range(60)], file('l0/x'))
    layers('a link of the layer below', EITHER, whole(symlink('l', CANARY)), whole(file('l/victim', b'pwned')))
    layers('a link of the layer below, by deletion', EITHER, whole(symlink('l', CANARY)), whole(file('l/.wh.victim', b'')))
    layers('a link of the layer below, by mode', EITHER, whole(symlink('l', CANARY)), whole(directory('l', mode=0o777)))
    layer('a link to nothing', EITHER, symlink('l', ''))
    layer('a link of 5000 bytes', EITHER, pax({'linkpath': 'x/' * 2500}), symlink('l', 'y'))


def hard_links_that_lead_out():
    layer('a hard link to nothing', EITHER, hardlink('f', ''))
    for target in ('../victim', UP + 'victim', CANARY + '/victim', '/etc/passwd', '/proc/self/exe', '.', 'no/such', 'f',
                   '/dev/mem'):
        layer(f'a hard link to {target}', REFUSED, directory('./'), hardlink('f', target),
              file('f', b'pwned'))
    layer('a hard link to a directory', REFUSED, directory('d'), hardlink('f', 'd'))
    layer('a hard link to a link, written through', EITHER, symlink('s', CANARY + '/victim'), hardlink('f', 's'),
          file('f', b'pwned'), tree={'f': b'pwned'})
    layer('a hard link through a link', EITHER, symlink('s', CANARY), hardlink('f', 's/victim'), file('f', b'pwned'))
    layer('a hard link to a deletion', REFUSED, file('.wh.f', b''), hardlink('g', 'f'))
    layer('a hard link to what comes later', REFUSED, hardlink('g', 'f'), file('f'))
    layer('pax linkpath out', REFUSED, pax({'linkpath': UP + 'victim'}), hardlink('f', 'x'))
    layer('a hard link with content', EITHER, file('f', b'one'), hardlink('g', 'f', size=3) + padded(b'two'))
    layer('a device linked hard', EITHER, device('n'), hardlink('m', 'n'))


def deletions_that_lead_out():
    for name in ('.wh.', '.wh..', '.wh...', 'etc/.wh.', 'etc/.wh..', 'etc/.wh...', '../.wh.victim', '.wh.x/y',
                 '.wh../victim', '.wh.../victim'):
        layer(f'a deletion named {name}', REFUSED, directory('etc'), file(name, b''))
    layer('a deletion that is a link', EITHER, symlink('.wh.victim', CANARY), tree={'.wh.victim': None})
    layer('a deletion that is a directory', EITHER, directory('.wh.d'), file('.wh.d/x'))
    layer('an opaque mark that is a link', EITHER, symlink('.wh..wh..opq', CANARY))
    layer('an opaque mark at the root', ACCEPTED, file('.wh..wh..opq', b''), file('a'), tree={'a': b'x'})
    layer('bookkeeping of aufs', ACCEPTED, directory('.wh..wh.plnk'), file('.wh..wh.plnk/1.2'), file('.wh..wh.aufs'),
          file('a'), tree={'a': b'x', '.wh..wh.plnk': None, '.wh..wh.aufs': None})
    layers('everything deleted twice', ACCEPTED, whole(directory('d'), file('d/f')),
           whole(file('.wh.d', b''), file('.wh.d', b''), file('.wh.never', b'')))
    layer('a file and its deletion', ACCEPTED, file('f', b'stays'), file('.wh.f', b''), tree={'f': b'stays'})


def devices():
    layer('a device that is /dev/mem', ACCEPTED, device('mem', major=1, minor=1), tree={'mem': is_kind(stat.S_ISCHR)})
    layer('a disk', ACCEPTED, device('sda', b'4', 8, 0), tree={'sda': is_kind(stat.S_ISBLK)})
    layer('a device out of range', REFUSED, device('d', major=1 << 20, minor=0), says='out of range')
    layer('a device of negative number', REFUSED, device('d', major=base256(-1, 8), minor=0))
    layer('overlay\'s own deletion', ACCEPTED, directory('etc'), device('etc/passwd', b'3', 0, 0))
    layer('a pipe', ACCEPTED, entry('p', kind=b'6'), tree={'p': is_kind(stat.S_ISFIFO)})
    layer('a file in a pipe', REFUSED, entry('p', kind=b'6'), file('p/x'))
    layer('a file in a device', REFUSED, device('n'), file('n/x'))
    layer('a file in a file', REFUSED, file('f'), file('f/x'))
    layer('a file in a loop of links', REFUSED, symlink('a', 'b'), symlink('b', 'a'), file('a/x'))
    layer('a contiguous file', ACCEPTED, entry('f', b'seven', b'7'), tree={'f': b'seven'})
    for kind in (b'V', b'M', b'D', b'Z', b'\x80', b'N'):
        layer(f'an entry of type {kind!r}', EITHER, entry('odd', b'data', kind), file('after'))


def contradictions():
    layer('the same file three times', ACCEPTED, file('f', b'1'), file('f', b'22'), file('f', b'3'), tree={'f': b'3'})
    layer('a directory over a file over a directory', ACCEPTED, directory('d'), file('d/x'), file('d', b'f'),
          directory('d'), tree={'d': is_kind(stat.S_ISDIR), 'd/x': None})
    layer('the root as a file', REFUSED, file('.'), says='root')
    layer('the root as a link', REFUSED, symlink('.', CANARY), says='root')
    layer('the root as a device', REFUSED, device('/'), says='root')
    layer('the root as a hard link', REFUSED, hardlink('.', 'etc/passwd'), says='root')
    layer('the root with owner and mode', ACCEPTED, directory('./', mode=0o700, uid=7), file('a'), tree={'a': b'x'})
    layer('a file hidden by its directory', ACCEPTED, file('a/b', b'1'), directory('a', mode=0o700), tree={'a/b': b'1'})


def overrides():
    layer('pax size greater than the file', REFUSED, pax({'size': '99999999'}), file('f', b'x'))
    layer('pax size of nothing', EITHER, pax({'size': ''}), file('f', b'x'))
    for key, value in (('uid', '-1'), ('uid', '4294967295'), ('uid', '99999999999'), ('gid', '-5'),
                       ('uid', '18446744073709551616')):
        layer(f'pax {key} {value}', REFUSED, pax({key: value}), file('f'))
    layer('pax size -1', REFUSED, pax({'size': '-1'}), file('f'))
    layer('pax size 2^63', REFUSED, pax({'size': str(1 << 63)}), file('f'))
    for value in ('-1', 'NaN', '1e400', '99999999999999999999', '-99999999999999', '1.0000000000000000001', '.', ''):
        layer(f'pax mtime {value or "empty"}', EITHER, pax({'mtime': value}), file('f'))
    layer('pax record with a length too small', EITHER, pax(b'3 path=x\n'), file('f'))
    layer('pax record with a length too large', REFUSED, pax(b'999 path=x\n'), file('f'))
    layer('pax record of length 0', EITHER, pax(b'0 path=x\n'), file('f'))
    layer('pax record without =', EITHER, pax(b'8 pathx\n\n'), file('f'))
    layer('pax record without end', EITHER, pax(b'10 path=xy'), file('f'))
    layer('pax record with a length of 300 digits', EITHER, pax(b'9' * 300 + b' path=x\n'), file('f'))
    layer('pax path with a zero byte', EITHER, pax({'path': 'a\0b'}), file('f'))
    layer('pax header of 20 MB', REFUSED, header(b'pax', b'x', 20 << 20), bytes(20 << 20), file('f'))
    layer('pax header without entry', REFUSED, pax({'path': 'x'}))
    layer('a thousand pax headers', EITHER, *[pax({'path': f'p{n}'}) for n in range(1000)], file('f'))
    layer('global headers', ACCEPTED, pax({'comment': 'x', 'path': 'not/this'}, b'g'), file('f'), tree={'f': b'x'})
    layer('GNU name of 2 MB', REFUSED, longname(b'a/' * (1 << 20)), file('f'))
    layer('GNU name without entry', REFUSED, longname(b'x'))
    layer('GNU names one after another', EITHER, longname(b'one'), longname(b'two'), file('f'))
    layer('GNU name with zeros', EITHER, longname(b'a\0\0b'), file('f'))
    layer('a driver\'s attributes', ACCEPTED, pax({'SCHILY.xattr.trusted.overlay.opaque': 'y',
          'SCHILY.xattr.trusted.overlay.redirect': '/', 'SCHILY.xattr.trusted.overlay.metacopy': ''}),
          directory('d'), file('d/f'), tree={'d/f': b'x'})
    layer('an attribute of 100 KB', REFUSED, pax({'SCHILY.xattr.user.big': 'x' * 100000}), file('f'))
    layer('an attribute without name', EITHER, pax({'SCHILY.xattr.': 'x'}), file('f'))
    layer('a capability that is none', EITHER, pax({'SCHILY.xattr.security.capability': 'nonsense'}), file('f'))
    layer('an access list that is none', EITHER, pax({'SCHILY.xattr.system.posix_acl_access': 'nonsense'}), file('f'))
    layer('five thousand attributes', EITHER, pax({f'SCHILY.xattr.user.{n}': 'x' for n in range(5000)}), file('f'))


def numbers():
    layer('a negative binary size', REFUSED, file('f', b'', size=base256(-1, 12)))
    layer('the greatest binary size', REFUSED, file('f', b'', size=base256((1 << 62), 12)))
    layer('a size of letters', EITHER, file('f', b'', size=b'zzzzzzzz'))
    layer('an empty size', EITHER, file('f', b'', size=b''))
    layer('a binary size with its mark alone', EITHER, file('f', b'', size=b'\x80'))
    layer('all bits of the mode', ACCEPTED, file('f', mode=0o7777777), tree={'f': lambda s: s.st_mode & 0o7777 == 0o7777})
    layer('a negative mode', EITHER, file('f', mode=base256(-1, 8)))
    layer('a negative time', EITHER, file('f', mtime=base256(-100, 12)))
    layer('a time beyond the clock', EITHER, file('f', mtime=base256(1 << 80, 12)))
    layer('an owner beyond all', REFUSED, file('f', uid=base256(1 << 40, 8)))
    layer('a wrong checksum', REFUSED, file('f', checksum=b'000001\0 '))
    layer('a checksum of blanks', REFUSED, file('f', checksum=b'        '))
    layer('a directory with content', EITHER, directory('d', size=512) + bytes(512), file('after'))
    layer('a link with content', EITHER, symlink('l', 'x', size=512) + bytes(512), file('after'))


def sparse_files():
    giga = 1 << 30
    layer('a sparse file of one tebibyte', EITHER, pax_sparse('s', [(0, 0)], 1 << 40, b''),
          tree={'s': lambda s: s.st_blocks * 512 < 1 << 20})
    layer('a sparse file of eight exbibytes', EITHER, pax_sparse('s', [(0, 0)], (1 << 63) - 1, b''))
    layer('sparse: negative offset', REFUSED, pax_sparse('s', [(-5, 4)], 100, b'data'))
    layer('sparse: negative length', REFUSED, pax_sparse('s', [(0, -4)], 100, b'data'))
    layer('sparse: beyond its size', REFUSED, pax_sparse('s', [(200, 4)], 100, b'data'))
    layer('sparse: sum overflows', REFUSED, pax_sparse('s', [((1 << 63) - 2, 4)], (1 << 63) - 1, b'data'))
    layer('sparse: overlapping', REFUSED, pax_sparse('s', [(0, 4), (2, 4)], 100, b'datadata'))
    layer('sparse: out of order', REFUSED, pax_sparse('s', [(50, 4), (0, 4)], 100, b'datadata'))
    layer('sparse: more chunks than said', REFUSED, pax_sparse('s', [(0, 4)], 100, b'data', count=1000000))
    layer('sparse: a count beyond all', REFUSED, pax_sparse('s', [(0, 4)], 100, b'data', count=10 ** 30))
    layer('sparse: no map', REFUSED, pax({'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 's',
          'GNU.sparse.realsize': '10'}), file('x', b'no numbers here' * 40))
    layer('sparse: name out', REFUSED, pax_sparse(UP + 'victim', [(0, 4)], 100, b'data'))
    layer('sparse 0.1: odd map', EITHER, pax({'GNU.sparse.map': '0,1,2', 'GNU.sparse.size': '5',
          'GNU.sparse.numblocks': '2'}), file('s', b'x'))
    layer('sparse: a hundred thousand chunks', EITHER,
          pax_sparse('s', [(n * 2, 1) for n in range(100000)], 1 << 20, b'x' * 100000))
    layer('old sparse: negative offset', REFUSED, gnu_sparse('s', [(-5, 4)], 100, b'data'))
    layer('old sparse: beyond its size', REFUSED, gnu_sparse('s', [(96, 40)], 100, b'd' * 40))
    layer('old sparse: larger than the disk', EITHER, gnu_sparse('s', [(0, 4)], 600 * giga, b'data'))
    layer('old sparse: extension missing', EITHER, gnu_sparse('s', [(0, 4)], 100, b'data', extended=1))


def names_of_every_kind():
    every = bytes(b for b in range(1, 256) if b != 0x2f)
    layer('a name of every byte', ACCEPTED, *[entry(every[n:n + 90], b'x') for n in (0, 90, 164)],
          tree={every[:90]: b'x', every[164:]: b'x'})
    for name in (b'new\nline', b'\x1b[31mred', b'\xff\xfe', b' ', b'-rf', b'back\\slash', b'"quote\'', b'%s%n', b'\xe2\x80\xae'):
        layer(f'a name {name!r}', ACCEPTED, entry(name, b'x'), tree={name: b'x'})
    layer('a bad entry with a name for the terminal', REFUSED, entry(b'\x1b]0;evil\x07\n../x', b'x', b'1', link=b'../..'))
    layer('a name of 255 bytes', ACCEPTED, pax({'path': 'n' * 255}), file('f'), tree={'n' * 255: b'x'})
    layer('a name of 256 bytes', REFUSED, pax({'path': 'n' * 256}), file('f'), says='255')
    layer('a path of 4000 bytes', ACCEPTED, pax({'path': '/'.join(['d' * 199] * 19 + ['f'])}), file('f'))
    layer('a path of 5000 bytes', REFUSED, pax({'path': '/'.join(['d' * 199] * 25)}), file('f'))
    layer('two thousand directories deep', EITHER, pax({'path': 'd/' * 2000 + 'f'}), file('f'))
    layer('no name', EITHER, file(''), file('after'))
    layer('a file with a slash', EITHER, file('d/', b''), file('d/x'))
    layer('a name cut by the header', ACCEPTED, file('n' * 100), tree={'n' * 100: b'x'})
    layer('names that differ in case and form', ACCEPTED, file('A', b'1'), file('a', b'2'),
          file('\u00e9', b'3'), file('e\u0301', b'4'), tree={'A': b'1', 'a': b'2', '\u00e9': b'3', 'e\u0301': b'4'})


def endings():
    good = directory('./') + file('f', b'y' * 2000)
    layer('no end', EITHER, good, end=b'')
    layer('one block at the end', ACCEPTED, good, end=bytes(BLOCK), tree={'f': b'y' * 2000})
    layer('half a header', REFUSED, good + file('g')[:300], end=b'')
    layer('half a file', REFUSED, good[:-1500], end=b'')
    layer('garbage behind the end', EITHER, good + END + b'garbage' * 1000, end=b'')
    layer('another archive behind the end', EITHER, good + END + file(UP + 'victim', b'pwned') + END, end=b'')
    layer('zeros for a megabyte', ACCEPTED, good, end=bytes(1 << 20), tree={'f': b'y' * 2000})
    layer('nothing at all', ACCEPTED, end=b'')
    layer('only zeros', ACCEPTED)
    layer('no tar', REFUSED, b'this is no tar archive ' * 100, end=b'')
    layer('a cpio archive', REFUSED, b'070701' + b'0' * 104 + b'TRAILER!!!\0' + bytes(400), end=b'')
    layer('a zip archive', REFUSED, b'PK\x03\x04' + bytes(600), end=b'')
    layer('twenty thousand files', ACCEPTED, *[file(f'd{n % 100}/{n}', b'') for n in range(20000)])


def flood(size):
    """A gzip member of that many zeros."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    return pack.compress(bytes(size)) + pack.flush()


def packings():
    tar = whole(file('f', b'z' * 100000))
    gz = gzip.compress(tar, 1, mtime=0)
    packed('gzip, truncated', REFUSED, lambda: gz[:-20], lambda: tar)
    packed('gzip, its head alone', REFUSED, lambda: gz[:10], lambda: tar)
    packed('gzip, a flipped bit', REFUSED, lambda: gz[:40] + bytes([gz[40] ^ 4]) + gz[41:], lambda: tar)
    packed('gzip, a wrong checksum', REFUSED, lambda: gz[:-8] + b'\1\2\3\4' + gz[-4:], lambda: tar)
    packed('gzip, garbage behind', REFUSED, lambda: gz + b'garbage', lambda: tar)
    packed('gzip in gzip', REFUSED, lambda: gzip.compress(gz), lambda: tar)
    packed('gzip, two members', ACCEPTED, lambda: gzip.compress(tar[:700]) + gzip.compress(tar[700:]), lambda: tar)
    packed('gzip, all flags of the head', ACCEPTED, lambda: gz[:3] + b'\x1e' + gz[4:10] + b'\x02\0ABname\0comment\0' +
           zlib.crc32(gz[:3] + b'\x1e' + gz[4:10] + b'\x02\0ABname\0comment\0').to_bytes(4, 'little')[:2] + gz[10:],
           lambda: tar)
    packed('gzip, a name without end', REFUSED, lambda: gz[:3] + b'\x08' + gz[4:10] + b'n' * 100000, lambda: tar)
    packed('another content than the configuration says', REFUSED, lambda: gz, lambda: b'', says='digest')
    packed('gzip, a gibibyte of zeros', REFUSED, lambda: flood(1 << 28) * 4, lambda: b'', says='digest')
    packed('a bomb of one file', REFUSED, lambda: gzip.compress(header(b'bomb', b'0', 1 << 43), mtime=0) + flood(1 << 26) * 2,
           lambda: b'')
    packed('zstd, a window of 2 GiB', REFUSED, lambda: b'\x28\xb5\x2f\xfd\x00\xa8' + b'\x01\0\0x', lambda: b'', ZSTD)
    packed('zstd, truncated', REFUSED, lambda: b'\x28\xb5\x2f\xfd\x24\x10', lambda: b'', ZSTD)
    packed('zstd, nothing but frames to skip', EITHER, lambda: (b'\x50\x2a\x4d\x18' + (4).to_bytes(4, 'little') + b'skip') * 1000,
           lambda: b'', ZSTD)
    packed('xz', REFUSED, lambda: b'\xfd7zXZ\0' + bytes(100), lambda: b'')
    packed('plain by the name of gzip', EITHER, lambda: tar, lambda: tar)
    packed('gzip by the name of plain', EITHER, lambda: gz, lambda: tar, TAR)


for collect in (names_that_lead_out, links_that_lead_out, hard_links_that_lead_out, deletions_that_lead_out, devices,
                contradictions, overrides, numbers, sparse_files, names_of_every_kind, endings, packings):
    collect()
