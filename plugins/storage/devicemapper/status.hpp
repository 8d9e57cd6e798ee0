// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "thin_store.hpp"

#include <string>
#include <utility>
#include <vector>

namespace berth::devicemapper {

/// For `berth info`: what the pool is, how full, and what to be warned of. Changes nothing.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(const ThinStore& store);

} // namespace berth::devicemapper
