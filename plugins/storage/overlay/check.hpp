// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "layers.hpp"

#include <vector>

namespace berth::overlay {

/// Compares the plugin's directory with itself; see Storage::check().
[[nodiscard]] std::vector<Finding> check_layers(const Layers& layers, bool repair,
                                                const std::vector<LayerId>& in_use);

} // namespace berth::overlay
