// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "../tar/marks.hpp"
#include "branches.hpp"

#include <vector>

namespace berth::layers {

/// What the layer changes, sorted by path: what lies in its branch, compared with those below.
/// Costs in proportion to the change.
[[nodiscard]] std::vector<Change> find_changes(const Branches& branches, const LayerId& id,
                                               const tar::Marks& marks);

} // namespace berth::layers
