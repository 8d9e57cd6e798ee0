// SPDX-License-Identifier: LGPL-2.1-or-later
// The value of the annotation org.berth1.network: how a container's network namespace comes to be
// and what it is attached to. Pure.
//     {"mode": "bridge", "networks": [{"config": {...}, "endpoint": {...}}]}
// Keys of "config": id name driver subnets[{cidr gateway range}] internal interface options[[k,v]];
// of "endpoint": container container_name interface addresses[] mac
// ports[{host_address host_port container_port protocol}].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <berth/network.hpp>

namespace berth::spec {

struct NetworkAttachment {
    NetworkConfig config;
    Endpoint endpoint;
};

struct BundleNetwork {
    /// "host", "none", "container:<id>", or anything else: a namespace of its own, attached to
    /// `networks` in order.
    std::string mode = "none";
    std::vector<NetworkAttachment> networks;
};

/// Reads what dump_bundle_network() wrote; InvalidArgument for anything else.
[[nodiscard]] BundleNetwork parse_bundle_network(std::string_view json);
[[nodiscard]] std::string dump_bundle_network(const BundleNetwork& network);

} // namespace berth::spec
