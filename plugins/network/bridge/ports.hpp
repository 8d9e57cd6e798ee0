// SPDX-License-Identifier: LGPL-2.1-or-later
// Published ports as elements of the table's maps, and the check that nobody else has them.
#pragma once

#include <string>
#include <vector>

#include <netlink/link.hpp>
#include <netlink/nft_table.hpp>
#include <netlink/socket.hpp>

#include <base/ip.hpp>
#include <berth/network.hpp>

namespace berth::bridge {

/// One element in one map.
struct PortElement {
    const char* map;
    netlink::NftElement element;
    std::string text; ///< "127.0.0.1:8080/tcp", for messages
};

[[nodiscard]] std::string port_text(const PublishedPort& port);

/// The elements that publish the endpoint's ports to its addresses. A port with no host address is
/// published on every IPv4 and IPv6 address of the host for which the container has an address of
/// the same family. `holder` goes into the elements' comments. Throws InvalidArgument for a port
/// that can't be: number 0, an address that is none, no container address of its family.
[[nodiscard]] std::vector<PortElement> port_elements(const Endpoint& endpoint,
                                                     const std::string& holder);

/// Publishes them in one transaction. A leftover of a container that has no interface any more is
/// replaced. Busy, naming the holder, when another container has one of them.
void publish(netlink::Socket& route, netlink::Socket& netfilter,
             const std::vector<PortElement>& elements);

/// Removes those that still lead to this endpoint; harmless when there are none.
void unpublish(netlink::Socket& netfilter, const std::vector<PortElement>& elements);

/// Throws Busy, naming the process, when a program of the host has one of the ports.
void check_host_ports(const std::vector<PublishedPort>& ports);

} // namespace berth::bridge
