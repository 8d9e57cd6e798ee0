// SPDX-License-Identifier: LGPL-2.1-or-later
// What the administrator ([network], [network.bridge] of berth.toml) and the user (-o KEY=VALUE)
// can choose. Unknown keys and values are InvalidArgument.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <base/ip.hpp>
#include <berth/network.hpp>

namespace berth::bridge {

/// Who reaches a published port that names no host address.
enum class Scope { All, Lan, Local };

struct Settings {
    Scope scope = Scope::All;
    std::vector<base::IpPrefix> pools; ///< IPv4, searched in order
    unsigned subnet_length = 20;       ///< of a subnet cut from a pool
    bool ipv6 = true;                  ///< networks get an IPv6 subnet of their own as well
};

/// `json` is PluginHost::config_json.
[[nodiscard]] Settings read_settings(const std::string& json);

struct NetworkOptions {
    std::uint32_t mtu = 0;  ///< 0: the way out's, at most 1500
    bool icc = true;        ///< containers of the network reach each other
    bool masquerade = true; ///< leaving packets get the host's address
    bool ipv6 = true;       ///< takes part in choosing subnets only
};

[[nodiscard]] NetworkOptions read_options(const NetworkConfig& network);

} // namespace berth::bridge
