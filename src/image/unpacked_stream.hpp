// SPDX-License-Identifier: LGPL-2.1-or-later
// A file of any usual compression (none, gzip, bzip2, xz, zstd) as the bytes it was made from.
#pragma once

namespace berth::image {

/// Reads `in` to its end, writes what it unpacks to to `out`. Corrupt for a broken stream or an
/// empty one.
void copy_unpacked(int in, int out);

} // namespace berth::image
