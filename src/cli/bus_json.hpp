// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <bus/value.hpp>

namespace berth::cli {

/// A dictionary of the bus as a JSON object; descriptors are left out.
[[nodiscard]] nlohmann::json to_json(const bus::Dict& dict);

} // namespace berth::cli
