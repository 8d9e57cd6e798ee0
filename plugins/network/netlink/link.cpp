// SPDX-License-Identifier: LGPL-2.1-or-later
#include "link.hpp"

#include <cstdio>
#include <cstring>

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <berth/error.hpp>

namespace berth::netlink {

namespace {

constexpr std::uint32_t kSkipStatistics = 1U << 3U; // RTEXT_FILTER_SKIP_STATS

std::string text_of(const nlattr* attribute) {
    const auto* text = static_cast<const char*>(mnl_attr_get_payload(attribute));
    return {text, ::strnlen(text, mnl_attr_get_payload_len(attribute))};
}

void read_port(const nlattr* info, Link& link) {
    for_each_nested(info, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == IFLA_BRPORT_STATE) {
            link.forwards = mnl_attr_get_u8(attribute) == BR_STATE_FORWARDING;
        }
    });
}

void read_info(const nlattr* info, Link& link) {
    bool port = false;
    for_each_nested(info, [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_INFO_KIND:
            link.kind = text_of(attribute);
            break;
        case IFLA_INFO_SLAVE_KIND:
            port = text_of(attribute) == "bridge";
            break;
        case IFLA_INFO_SLAVE_DATA:
            if (port) read_port(attribute, link);
            break;
        default:
            break;
        }
    });
}

Link read_link(const nlmsghdr* head) {
    Link link;
    const auto* info = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(head));
    link.index = info->ifi_index;
    link.up = (info->ifi_flags & IFF_UP) != 0;
    link.running = (info->ifi_flags & IFF_RUNNING) != 0;
    link.loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
    for_each_attribute(head, sizeof *info, [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_IFNAME:
            link.name = text_of(attribute);
            break;
        case IFLA_IFALIAS:
            link.alias = text_of(attribute);
            break;
        case IFLA_MTU:
            link.mtu = mnl_attr_get_u32(attribute);
            break;
        case IFLA_MASTER:
            link.master = static_cast<int>(mnl_attr_get_u32(attribute));
            break;
        case IFLA_ADDRESS:
            if (mnl_attr_get_payload_len(attribute) != link.mac.size()) break;
            std::memcpy(link.mac.data(), mnl_attr_get_payload(attribute), link.mac.size());
            break;
        case IFLA_LINK_NETNSID:
            link.orphaned = static_cast<std::int32_t>(mnl_attr_get_u32(attribute)) < 0;
            break;
        case IFLA_LINKINFO:
            read_info(attribute, link);
            break;
        default:
            break;
        }
    });
    return link;
}

std::string_view bytes_of(const Mac& mac) {
    return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

void put_port(Message& message, const LinkChange& change) {
    const auto info = message.nest(IFLA_LINKINFO);
    message.put_name(IFLA_INFO_SLAVE_KIND, "bridge");
    const auto port = message.nest(IFLA_INFO_SLAVE_DATA);
    if (change.isolated) message.put_u8(IFLA_BRPORT_ISOLATED, *change.isolated ? 1 : 0);
    if (change.hairpin) message.put_u8(IFLA_BRPORT_MODE, *change.hairpin ? 1 : 0);
}

void put_bridge_hooks(Message& message, bool on) {
    const auto info = message.nest(IFLA_LINKINFO);
    message.put_name(IFLA_INFO_KIND, "bridge");
    const auto data = message.nest(IFLA_INFO_DATA);
    message.put_u8(IFLA_BR_NF_CALL_IPTABLES, on ? 1 : 0);
    message.put_u8(IFLA_BR_NF_CALL_IP6TABLES, on ? 1 : 0);
}

void put_veth_data(Message& message, const VethPair& pair) {
    const auto data = message.nest(IFLA_INFO_DATA);
    const auto peer = message.nest(VETH_INFO_PEER);
    const ifinfomsg header{};
    message.append(&header, sizeof header);
    message.put_name(IFLA_IFNAME, pair.peer_name);
    message.put(IFLA_ADDRESS, bytes_of(pair.peer_mac));
    message.put_u32(IFLA_MTU, pair.mtu);
    message.put_u32(IFLA_NET_NS_FD, static_cast<std::uint32_t>(pair.peer_netns_fd));
}

} // namespace

std::string mac_text(const Mac& mac) {
    std::array<char, 18> text{};
    std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                  mac[3], mac[4], mac[5]);
    return text.data();
}

std::optional<Mac> parse_mac(const std::string& text) {
    if (text.size() != 17) return std::nullopt;
    Mac mac{};
    for (std::size_t i = 0; i < mac.size(); ++i) {
        const std::string pair = text.substr(i * 3, 2);
        if (pair.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return {};
        if (i != 0 && text[i * 3 - 1] != ':') return std::nullopt;
        mac[i] = static_cast<std::uint8_t>(std::strtoul(pair.c_str(), nullptr, 16));
    }
    return mac;
}

std::optional<Link> find_link(Socket& route, const std::string& name) {
    Message message(RTM_GETLINK, 0);
    message.extra<ifinfomsg>();
    message.put_name(IFLA_IFNAME, name);
    message.put_u32(IFLA_EXT_MASK, kSkipStatistics);
    std::optional<Link> link;
    const auto failure =
        route.query(message, [&](const nlmsghdr* head) { link = read_link(head); });
    if (failure && failure->sys_errno == ENODEV) return std::nullopt;
    if (failure) throw_failure("cannot look up the interface '" + name + "'", *failure);
    return link;
}

std::vector<Link> list_links(Socket& route) {
    Message message(RTM_GETLINK, NLM_F_DUMP);
    message.extra<ifinfomsg>();
    message.put_u32(IFLA_EXT_MASK, kSkipStatistics);
    std::vector<Link> links;
    const auto failure = route.query(
        message, [&](const nlmsghdr* head) { links.push_back(read_link(head)); },
        [&] { links.clear(); });
    if (failure) throw_failure("cannot list the interfaces", *failure);
    return links;
}

void make_bridge(Socket& route, const std::string& name, const Mac& mac, std::uint32_t mtu) {
    Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    message.extra<ifinfomsg>();
    message.put_name(IFLA_IFNAME, name);
    message.put(IFLA_ADDRESS, bytes_of(mac));
    message.put_u32(IFLA_MTU, mtu);
    {
        const auto info = message.nest(IFLA_LINKINFO);
        message.put_name(IFLA_INFO_KIND, "bridge");
    }
    route.request(message, "cannot make the bridge '" + name + "'");
}

void make_veth(Socket& route, const VethPair& pair) {
    Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    auto& header = message.extra<ifinfomsg>();
    header.ifi_flags = IFF_UP;
    header.ifi_change = IFF_UP;
    message.put_name(IFLA_IFNAME, pair.name);
    message.put(IFLA_ADDRESS, bytes_of(pair.mac));
    message.put_u32(IFLA_MTU, pair.mtu);
    message.put_u32(IFLA_MASTER, static_cast<std::uint32_t>(pair.master));
    {
        const auto info = message.nest(IFLA_LINKINFO);
        message.put_name(IFLA_INFO_KIND, "veth");
        put_veth_data(message, pair);
    }
    route.request(message,
                  "cannot make the interface pair '" + pair.name + "', '" + pair.peer_name + "'");
}

void change_link(Socket& route, const Link& link, const LinkChange& change) {
    Message message(RTM_NEWLINK, 0);
    auto& header = message.extra<ifinfomsg>();
    header.ifi_index = link.index;
    if (change.up) {
        header.ifi_flags = *change.up ? IFF_UP : 0;
        header.ifi_change = IFF_UP;
    }
    if (change.mtu) message.put_u32(IFLA_MTU, *change.mtu);
    if (change.alias) message.put_name(IFLA_IFALIAS, *change.alias);
    if (change.isolated || change.hairpin) put_port(message, change);
    if (change.call_ip_hooks) put_bridge_hooks(message, *change.call_ip_hooks);
    if (change.no_ipv6_address) {
        const auto families = message.nest(IFLA_AF_SPEC);
        const auto inet6 = message.nest(AF_INET6);
        message.put_u8(IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    }
    route.request(message, "cannot change the interface '" + link.name + "'");
}

void remove_link(Socket& route, const std::string& name) {
    Message message(RTM_DELLINK, 0);
    message.extra<ifinfomsg>();
    message.put_name(IFLA_IFNAME, name);
    const auto failure = route.attempt(message);
    if (failure && failure->sys_errno != ENODEV) {
        throw_failure("cannot remove the interface '" + name + "'", *failure);
    }
}

} // namespace berth::netlink
