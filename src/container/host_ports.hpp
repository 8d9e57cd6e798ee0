// SPDX-License-Identifier: LGPL-2.1-or-later
// Ports of the host for those that leave the choice to us (-p 80, -P).
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <spec/container_spec.hpp>

namespace berth::container {

using UsedPorts = std::set<std::pair<PortProtocol, std::uint16_t>>;

/// The published ports, with --publish-all those exposed too. Those without a port of the host get
/// one at random that is not in `used`. Exhausted when there is none.
[[nodiscard]] std::vector<PublishedPort> choose_host_ports(const spec::ContainerSpec& spec,
                                                           UsedPorts used);

/// Does it leave a choice at all.
[[nodiscard]] bool needs_host_ports(const spec::ContainerSpec& spec);

/// What sockets of the host are bound to, from /proc/net.
[[nodiscard]] UsedPorts bound_ports();
/// Adds what a text such as /proc/net/tcp tells.
void add_bound_ports(const std::string& text, PortProtocol protocol, UsedPorts& used);

} // namespace berth::container
