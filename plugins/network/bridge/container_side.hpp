// SPDX-License-Identifier: LGPL-2.1-or-later
// The container's end: what is set up inside its network namespace.
#pragma once

#include <string>
#include <vector>

#include <base/ip.hpp>

namespace berth::bridge {

struct ContainerSide {
    std::string interface;
    std::vector<base::IpPrefix> addresses;
    std::vector<base::IpAddress> gateways; ///< of default routes; none: no way out
};

/// Brings up loopback and the interface, which is there already, with addresses and routes.
void configure_container(int netns_fd, const ContainerSide& side);

} // namespace berth::bridge
