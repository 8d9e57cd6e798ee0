// SPDX-License-Identifier: LGPL-2.1-or-later
// Choosing and checking a network's addresses. Pure: what the host uses already is handed in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <bridge/settings.hpp>

#include <base/ip.hpp>
#include <berth/network.hpp>

namespace berth::bridge {

/// A subnet as values, checked: gateway and range lie in it, the gateway is neither its first (the
/// network itself) nor its last (broadcast) address. Throws InvalidArgument.
struct SubnetValues {
    base::IpPrefix prefix;
    base::IpAddress gateway;
};
[[nodiscard]] SubnetValues parse_subnet(const Subnet& subnet);

/// The first subnet of the pools that overlaps nothing in `used`; empty when there is none.
[[nodiscard]] std::optional<base::IpPrefix> choose_subnet(const Settings& settings,
                                                          const std::vector<base::IpPrefix>& used);

/// Completes `wanted` (see Network::plan). `used` are the destinations of every route of the host
/// and the subnets of every other network; `host_ipv6`: the kernel has IPv6.
[[nodiscard]] NetworkConfig complete(const NetworkConfig& wanted, const Settings& settings,
                                     const std::vector<base::IpPrefix>& used,
                                     const std::vector<NetworkConfig>& taken, bool host_ipv6);

} // namespace berth::bridge
