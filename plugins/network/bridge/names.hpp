// SPDX-License-Identifier: LGPL-2.1-or-later
// How things are called in the kernel. Every name follows from identifiers alone, so that what was
// made is found again by whoever has the records. Interfaces carry their owner in their alias.
#pragma once

#include <optional>
#include <string>

#include <netlink/link.hpp>

#include <base/ip.hpp>
#include <berth/network.hpp>

namespace berth::bridge {

inline constexpr const char* kTable = "berth";
/// The network every container joins that names none, and the host's interface of it.
inline constexpr const char* kDefaultNetwork = "bridge";
inline constexpr const char* kDefaultInterface = "berth0";

[[nodiscard]] std::string bridge_name(const NetworkConfig& network);
/// The host's end of a container's pair: "veth" and 11 hexadecimal digits.
[[nodiscard]] std::string veth_name(const NetworkId& network, const ContainerId& container);

[[nodiscard]] std::string bridge_alias(const NetworkId& network);
[[nodiscard]] std::string veth_alias(const NetworkId& network, const ContainerId& container);

struct Owner {
    std::string network;   ///< 64 digits
    std::string container; ///< 64 digits; empty: the alias of a bridge
};
/// Whose interface it is; empty for one that is not berth's.
[[nodiscard]] std::optional<Owner> owner_of(const std::string& alias);

/// Locally administered: 02:62 and four bytes that tell addresses of one network apart.
[[nodiscard]] netlink::Mac mac_for(const base::IpAddress& address);
[[nodiscard]] netlink::Mac mac_for_host_end(const ContainerId& container);

} // namespace berth::bridge
