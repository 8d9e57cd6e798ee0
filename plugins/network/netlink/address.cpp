// SPDX-License-Identifier: LGPL-2.1-or-later
#include "address.hpp"

#include <cstring>

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

namespace berth::netlink {

namespace {

std::optional<base::IpAddress> ip_of(const nlattr* attribute) {
    const std::size_t size = mnl_attr_get_payload_len(attribute);
    if (size != 4 && size != 16) return std::nullopt;
    return base::IpAddress::from_bytes(
        {static_cast<const char*>(mnl_attr_get_payload(attribute)), size});
}

base::IpAddress unspecified(int family) {
    const std::string zero(family == AF_INET6 ? 16 : 4, '\0');
    return base::IpAddress::from_bytes(zero);
}

std::optional<InterfaceAddress> read_address(const nlmsghdr* head) {
    const auto* info = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(head));
    std::optional<base::IpAddress> address;
    std::optional<base::IpAddress> local;
    for_each_attribute(head, sizeof *info, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == IFA_ADDRESS) address = ip_of(attribute);
        if (mnl_attr_get_type(attribute) == IFA_LOCAL) local = ip_of(attribute);
    });
    // IFA_LOCAL is the interface's own where the two differ (point to point).
    if (local) address = local;
    if (!address) return std::nullopt;
    return InterfaceAddress{static_cast<int>(info->ifa_index), {*address, info->ifa_prefixlen}};
}

std::optional<Route> read_route(const nlmsghdr* head) {
    const auto* info = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(head));
    if (info->rtm_family != AF_INET && info->rtm_family != AF_INET6) return std::nullopt;
    if ((info->rtm_flags & RTM_F_CLONED) != 0) return std::nullopt;
    Route route;
    route.unicast = info->rtm_type == RTN_UNICAST;
    route.destination = {unspecified(info->rtm_family), info->rtm_dst_len};
    for_each_attribute(head, sizeof *info, [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
        case RTA_DST:
            route.destination.address = ip_of(attribute).value_or(route.destination.address);
            break;
        case RTA_GATEWAY:
            route.gateway = ip_of(attribute);
            break;
        case RTA_OIF:
            route.index = static_cast<int>(mnl_attr_get_u32(attribute));
            break;
        default:
            break;
        }
    });
    return route;
}

void request_unless(Socket& route, Message& message, int harmless, const std::string& what) {
    const auto failure = route.attempt(message);
    if (failure && failure->sys_errno != harmless) throw_failure(what, *failure);
}

rtmsg& put_route_header(Message& message, int family, unsigned char type) {
    auto& header = message.extra<rtmsg>();
    header.rtm_family = static_cast<unsigned char>(family);
    header.rtm_type = type;
    header.rtm_protocol = RTPROT_STATIC;
    return header;
}

} // namespace

std::vector<InterfaceAddress> list_addresses(Socket& route) {
    Message message(RTM_GETADDR, NLM_F_DUMP);
    message.extra<ifaddrmsg>();
    std::vector<InterfaceAddress> addresses;
    const auto failure = route.query(
        message,
        [&](const nlmsghdr* head) {
            if (const auto address = read_address(head)) addresses.push_back(*address);
        },
        [&] { addresses.clear(); });
    if (failure) throw_failure("cannot list the addresses of the interfaces", *failure);
    return addresses;
}

void add_address(Socket& route, int index, const base::IpPrefix& prefix) {
    Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    auto& header = message.extra<ifaddrmsg>();
    header.ifa_family = static_cast<unsigned char>(prefix.address.family());
    header.ifa_prefixlen = static_cast<unsigned char>(prefix.length);
    header.ifa_index = static_cast<unsigned>(index);
    if (prefix.address.is_v6()) header.ifa_flags = IFA_F_NODAD;
    message.put(IFA_LOCAL, prefix.address.bytes());
    message.put(IFA_ADDRESS, prefix.address.bytes());
    if (!prefix.address.is_v6()) message.put(IFA_BROADCAST, prefix.last().bytes());
    request_unless(route, message, EEXIST, "cannot give an interface the address " + prefix.str());
}

std::vector<Route> list_routes(Socket& route) {
    Message message(RTM_GETROUTE, NLM_F_DUMP);
    message.extra<rtmsg>();
    std::vector<Route> routes;
    const auto failure = route.query(
        message,
        [&](const nlmsghdr* head) {
            if (const auto found = read_route(head)) routes.push_back(*found);
        },
        [&] { routes.clear(); });
    if (failure) throw_failure("cannot list the routes", *failure);
    return routes;
}

void add_default_route(Socket& route, int index, const base::IpAddress& gateway) {
    Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    auto& header = put_route_header(message, gateway.family(), RTN_UNICAST);
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_scope = RT_SCOPE_UNIVERSE;
    message.put(RTA_GATEWAY, gateway.bytes());
    message.put_u32(RTA_OIF, static_cast<std::uint32_t>(index));
    request_unless(route, message, EEXIST, "cannot add the default route by " + gateway.str());
}

void forget_neighbour(Socket& route, int index, const base::IpAddress& address) {
    Message message(RTM_DELNEIGH, 0);
    auto& header = message.extra<ndmsg>();
    header.ndm_family = static_cast<unsigned char>(address.family());
    header.ndm_ifindex = index;
    message.put(NDA_DST, address.bytes());
    request_unless(route, message, ENOENT, "cannot forget the neighbour " + address.str());
}

} // namespace berth::netlink
