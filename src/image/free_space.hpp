// SPDX-License-Identifier: LGPL-2.1-or-later
// What the disk of the state directory has left. An image never takes the last of it.
#pragma once

#include <cstdint>

namespace berth::image {

/// Bytes free.
[[nodiscard]] std::uint64_t free_space();
/// Bytes that an image may take: all but a reserve. Exhausted when there are none.
[[nodiscard]] std::uint64_t usable_space();

} // namespace berth::image
