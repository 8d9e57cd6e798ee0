// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses, routes and neighbours of interfaces by rtnetlink. Source: rtnetlink(7).
#pragma once

#include <optional>
#include <vector>

#include <netlink/socket.hpp>

#include <base/ip.hpp>

namespace berth::netlink {

struct InterfaceAddress {
    int index = 0; ///< of the interface
    base::IpPrefix prefix;
};

[[nodiscard]] std::vector<InterfaceAddress> list_addresses(Socket& route);
/// Harmless when it is there. IPv6 addresses are usable at once: no duplicate detection.
void add_address(Socket& route, int index, const base::IpPrefix& prefix);

struct Route {
    base::IpPrefix destination; ///< of length 0: a default route
    std::optional<base::IpAddress> gateway;
    int index = 0;        ///< of the interface, 0: none or several
    bool unicast = false; ///< leads somewhere: no local, broadcast, unreachable...
};

/// The routes of every table.
[[nodiscard]] std::vector<Route> list_routes(Socket& route);
/// Adds a default route; harmless when the same one is there.
void add_default_route(Socket& route, int index, const base::IpAddress& gateway);
/// Forgets who has the address on the interface; harmless when nobody knows.
void forget_neighbour(Socket& route, int index, const base::IpAddress& address);

} // namespace berth::netlink
