// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_side.hpp"

#include <algorithm>

#include <linux/netlink.h>
#include <netlink/address.hpp>
#include <netlink/link.hpp>
#include <netlink/netns.hpp>
#include <sys/socket.h>

#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr int kLoopbackIndex = 1; // the first interface of every namespace

void set_ipv6(const std::string& interface, bool wanted) {
    netlink::write_setting({"ipv6", interface, "disable_ipv6"}, wanted ? "0" : "1");
    if (!wanted) return;
    // Its neighbours must not become its router by an advertisement.
    netlink::write_setting({"ipv6", interface, "accept_ra"}, "0");
    netlink::write_setting({"ipv6", interface, "accept_dad"}, "0");
}

} // namespace

void configure_container(int netns_fd, const ContainerSide& side) {
    const netlink::InNetns inside(netns_fd);
    netlink::Socket route = netlink::Socket::open(NETLINK_ROUTE);
    netlink::Link loopback;
    loopback.index = kLoopbackIndex;
    loopback.name = "lo";
    netlink::change_link(route, loopback, {.up = true});
    const auto link = netlink::find_link(route, side.interface);
    if (!link) {
        throw Error(ErrorCode::NotFound, "the container has no interface '" + side.interface + "'");
    }
    set_ipv6(side.interface,
             std::any_of(side.addresses.begin(), side.addresses.end(),
                         [](const auto& prefix) { return prefix.address.is_v6(); }));
    for (const auto& address : side.addresses)
        netlink::add_address(route, link->index, address);
    netlink::change_link(route, *link, {.up = true});
    for (const auto& gateway : side.gateways) {
        netlink::add_default_route(route, link->index, gateway);
    }
}

} // namespace berth::bridge
