// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "layers.hpp"

#include <vector>

namespace berth::overlay {

/// What the layer changes, sorted by path: what lies in its directory, compared with the merged
/// view of its ancestors, which is mounted for it out of everybody's sight.
[[nodiscard]] std::vector<Change> find_changes(const Layers& layers, const LayerId& id);

/// Whether the root directory's mode, owner or time is the layer's own, not its parent's.
[[nodiscard]] bool has_own_root(const Layers& layers, const LayerId& id);

} // namespace berth::overlay
