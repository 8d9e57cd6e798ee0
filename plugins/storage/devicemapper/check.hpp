// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "thin_store.hpp"

#include <vector>

namespace berth::devicemapper {

/// Compares layers, ledger and pool; see Storage::check().
[[nodiscard]] std::vector<Finding> check_store(const ThinStore& store, bool repair,
                                               const std::vector<LayerId>& in_use);

} // namespace berth::devicemapper
