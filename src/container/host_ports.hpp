// SPDX-License-Identifier: LGPL-2.1-or-later
// Ports of the host for those that leave the choice to us (-p 80, -P).
#pragma once

#include <vector>

#include <spec/container_spec.hpp>

namespace berth::container {

/// The published ports, with --publish-all those exposed too, every one with a port of the host
/// that nobody uses now. Exhausted when there is none.
[[nodiscard]] std::vector<PublishedPort> choose_host_ports(const spec::ContainerSpec& spec);

} // namespace berth::container
