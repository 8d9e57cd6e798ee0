// SPDX-License-Identifier: LGPL-2.1-or-later
// Forwarding of packets: on for berth's bridges and for the host's interfaces that have addresses,
// one by one, where the host does not forward anyway. IPv6 has a switch per interface since Linux
// 6.17 (force_forwarding); before, the one for the whole host is the only one there is. Interfaces
// switched on by berth are kept in the sets uplinks4 and uplinks6: the rules let nothing pass from
// one of them to another, and take_back() knows them.
#pragma once

#include <string>
#include <vector>

#include <bridge/settings.hpp>
#include <netlink/link.hpp>
#include <netlink/nft_table.hpp>
#include <netlink/socket.hpp>

namespace berth::bridge {

/// An interface of the host whose forwarding has to be switched on.
struct Uplink {
    std::string name;
    bool v6 = false;
};

/// What is missing; nothing where the host forwards anyway. Changes nothing.
[[nodiscard]] std::vector<Uplink> missing_uplinks(netlink::Socket& route);

/// Enters them in the sets, for the rules come before the switch.
void add_uplinks(netlink::NftTransaction& transaction, const std::vector<Uplink>& uplinks);
void switch_on(const std::vector<Uplink>& uplinks);

/// The settings of a bridge itself: forwarding, no router advertisements taken, loopback traffic.
void prepare_bridge(const std::string& name, bool v6);

/// Switches off again what the sets say that berth switched on; not where the whole host forwards,
/// for then somebody else may want it.
void take_back(netlink::Socket& netfilter);

/// The ranges the host is directly connected to, for the sets lan4 and lan6.
void put_lan(netlink::NftTransaction& transaction, netlink::Socket& route);

} // namespace berth::bridge
