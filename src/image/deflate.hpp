// SPDX-License-Identifier: LGPL-2.1-or-later
// Compresses a layer for a registry: gzip by ISA-L, level 1, with a header that names nothing, so
// that the same tar always gives the same blob.
#pragma once

#include <cstdint>

#include <berth/id.hpp>

namespace berth::image {

/// Both sides of one pass.
struct Deflated {
    Digest digest; ///< of the compressed bytes
    std::uint64_t size;
    Digest diff_id; ///< of the uncompressed bytes
    std::uint64_t diff_size;
};

/// Reads `in` to its end and writes gzip to `out`; hashes both on the way.
[[nodiscard]] Deflated deflate(int in, int out);

} // namespace berth::image
