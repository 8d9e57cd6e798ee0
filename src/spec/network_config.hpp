// SPDX-License-Identifier: LGPL-2.1-or-later
// A network's configuration as JSON, as its record holds it; the same keys as in the annotation of
// a bundle (bundle_network.hpp). Pure.
#pragma once

#include <string>
#include <string_view>

#include <berth/network.hpp>

namespace berth::spec {

[[nodiscard]] std::string dump_network_config(const NetworkConfig& network);
/// Corrupt for anything dump_network_config() did not write.
[[nodiscard]] NetworkConfig parse_network_config(std::string_view json);

} // namespace berth::spec
