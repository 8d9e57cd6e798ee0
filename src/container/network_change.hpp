// SPDX-License-Identifier: LGPL-2.1-or-later
// Making and removing networks.
#pragma once

#include <string>
#include <vector>

#include <container/engine.hpp>

namespace berth::container {

struct CreateNetwork {
    std::string name;
    std::string driver;                 ///< a network plugin; empty: bridge
    std::vector<std::string> subnets;   ///< none: the plugin picks free ones
    std::vector<std::string> gateways;  ///< each goes to the subnet it lies in, like ranges
    std::vector<std::string> ip_ranges; ///< in CIDR form
    bool internal = false;
    std::string interface; ///< of the host; empty: the plugin names it
    std::vector<std::pair<std::string, std::string>> options; ///< the plugin's own
};

/// Plans it by its plugin and records it; the first container brings it into the kernel. Exists
/// when the name is taken, NotFound without such a plugin.
[[nodiscard]] NetworkConfig create_network(Engine& engine, const CreateNetwork& request);

/// By name, id or its beginning; Busy while containers have places in it. Returns what it was.
NetworkConfig remove_network(Engine& engine, const std::string& id_or_name);

/// Removes those without containers, but the default one; their names.
std::vector<std::string> prune_networks(Engine& engine);

} // namespace berth::container
