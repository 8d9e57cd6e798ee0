// SPDX-License-Identifier: LGPL-2.1-or-later
// Applies a tar to a layer in a process that is shut into that layer first.
#pragma once

#include "layers.hpp"

#include <cstdint>

namespace berth::overlay {

/// Into the layer's own directory, deletions as overlayfs keeps them. Confines the process.
[[nodiscard]] Applied unpack_alone(const Layers& layers, const LayerId& id, int tar_fd,
                                   std::uint64_t max_bytes);

/// Through the merged view of the layer and its ancestors. Confines the process.
[[nodiscard]] Applied unpack_on_parents(const Layers& layers, const LayerId& id, int tar_fd,
                                        std::uint64_t max_bytes);

} // namespace berth::overlay
