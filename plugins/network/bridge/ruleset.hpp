// SPDX-License-Identifier: LGPL-2.1-or-later
// The one packet filter table of berth, `inet berth`: sets and maps that networks and endpoints
// fill, and rules that never change with their number. README.md tells what each rule is for.
#pragma once

#include <array>
#include <string>

#include <bridge/settings.hpp>
#include <netlink/nft_table.hpp>

#include <base/ip.hpp>

namespace berth::bridge {

// Sets of interfaces.
inline constexpr const char* kBridges = "bridges";           ///< every network's
inline constexpr const char* kInternal = "internal";         ///< of networks with no way out
inline constexpr const char* kMasquerading = "masquerading"; ///< leaving packets get our address
// Pairs of interfaces, in and out: bridges whose containers reach each other directly.
inline constexpr const char* kTalking = "talking";
// Ranges of addresses and the bridge they are on.
inline constexpr const char* kOwn4 = "own4";
inline constexpr const char* kOwn6 = "own6";
/// The sets that a network is entered in.
inline constexpr std::array kBridgeSets = {kBridges, kInternal, kMasquerading,
                                           kTalking, kOwn4,     kOwn6};
// What the host's own interfaces are.
inline constexpr const char* kUplinks4 = "uplinks4"; ///< berth switched forwarding on
inline constexpr const char* kUplinks6 = "uplinks6";
inline constexpr const char* kLan4 = "lan4"; ///< ranges the host is connected to (scope lan)
inline constexpr const char* kLan6 = "lan6";
// Published ports: (protocol, port) -> (address, port), and the same for one address of the host.
inline constexpr const char* kPorts4 = "ports4";
inline constexpr const char* kPorts6 = "ports6";
inline constexpr const char* kPortsOn4 = "ports4_on";
inline constexpr const char* kPortsOn6 = "ports6_on";
inline constexpr std::array kPortMaps = {kPorts4, kPorts6, kPortsOn4, kPortsOn6};

/// The name of the empty chain that says which version of the rules is in the kernel.
[[nodiscard]] std::string version_chain(Scope scope);

/// Puts the table, its sets and its rules in place; what the sets hold stays. `present` are the
/// table's chains, of which stale version marks are removed.
void put_rules(netlink::NftTransaction& transaction, Scope scope,
               const std::vector<std::string>& present);

/// An interface's name, and a pair of the same, as keys of the sets.
[[nodiscard]] netlink::NftElement interface_element(const std::string& name);
[[nodiscard]] netlink::NftElement pair_element(const std::string& name);
/// A range of addresses on a bridge, as an element of own4 or own6.
[[nodiscard]] netlink::NftElement range_element(const base::IpPrefix& range,
                                                const std::string& name);
/// The interface that ends the key of any of these.
[[nodiscard]] std::string interface_of(const netlink::NftElement& element);

} // namespace berth::bridge
