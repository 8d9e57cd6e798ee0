// SPDX-License-Identifier: LGPL-2.1-or-later
#include "forwarding.hpp"

#include <algorithm>
#include <map>

#include <bridge/names.hpp>
#include <bridge/ruleset.hpp>
#include <netlink/address.hpp>
#include <netlink/netns.hpp>

#include <base/ip.hpp>

namespace berth::bridge {

namespace {

using netlink::InterfaceSetting;
using netlink::read_setting;
using netlink::write_setting;

bool is_on(const InterfaceSetting& setting) {
    return read_setting(setting) == "1";
}

bool has_switch_per_interface() {
    return read_setting({"ipv6", "default", "force_forwarding"}).has_value();
}

const char* key_of(bool v6) {
    return v6 ? "force_forwarding" : "forwarding";
}

bool is_link_local(const base::IpAddress& address) {
    const auto bytes = address.bytes();
    return address.is_v6() && static_cast<unsigned char>(bytes[0]) == 0xfe &&
           (static_cast<unsigned char>(bytes[1]) & 0xc0U) == 0x80;
}

/// The host's interfaces that are neither loopback nor of berth, by index.
std::map<int, std::string> own_interfaces(netlink::Socket& route) {
    std::map<int, std::string> names;
    for (const auto& link : netlink::list_links(route)) {
        if (!link.loopback && !owner_of(link.alias)) names.emplace(link.index, link.name);
    }
    return names;
}

/// The switch for the whole host makes the kernel ignore router advertisements where accept_ra is
/// 1; with 2 an interface that has its address or route from them keeps it.
void keep_router_advertisements(const std::string& interface) {
    const InterfaceSetting accept{"ipv6", interface, "accept_ra"};
    if (is_on(accept)) write_setting(accept, "2");
}

struct Range {
    base::IpAddress first;
    base::IpAddress last;
};

/// Ranges in order, overlapping ones joined, as an interval set needs them.
std::vector<Range> joined(std::vector<base::IpPrefix> prefixes) {
    std::sort(prefixes.begin(), prefixes.end());
    std::vector<Range> ranges;
    for (const auto& prefix : prefixes) {
        if (!ranges.empty() && prefix.address <= ranges.back().last) {
            ranges.back().last = std::max(ranges.back().last, prefix.last());
        } else {
            ranges.push_back({prefix.address, prefix.last()});
        }
    }
    return ranges;
}

void put_ranges(netlink::NftTransaction& transaction, const char* set,
                const std::vector<base::IpPrefix>& prefixes) {
    transaction.flush_set(set);
    for (const auto& range : joined(prefixes)) {
        transaction.add_element(set, {std::string(range.first.bytes()), "", "", "", false});
        const auto behind = range.last.plus(1);
        if (behind) transaction.add_element(set, {std::string(behind->bytes()), "", "", "", true});
    }
}

} // namespace

std::vector<Uplink> missing_uplinks(netlink::Socket& route) {
    const bool want4 = !is_on({"ipv4", "all", "forwarding"});
    const auto all6 = read_setting({"ipv6", "all", "forwarding"});
    const bool want6 = all6 && *all6 != "1";
    if (!want4 && !want6) return {};
    const bool per_interface = has_switch_per_interface();
    const auto names = own_interfaces(route);
    std::map<std::pair<std::string, bool>, Uplink> missing;
    for (const auto& address : netlink::list_addresses(route)) {
        const bool v6 = address.prefix.address.is_v6();
        const auto name = names.find(address.index);
        if (!(v6 ? want6 : want4) || name == names.end() || is_link_local(address.prefix.address)) {
            continue;
        }
        const char* family = v6 ? "ipv6" : "ipv4";
        if ((!v6 || per_interface) && is_on({family, name->second, key_of(v6)})) continue;
        missing.emplace(std::pair(name->second, v6), Uplink{name->second, v6});
    }
    std::vector<Uplink> uplinks;
    for (const auto& [key, uplink] : missing)
        uplinks.push_back(uplink);
    return uplinks;
}

void add_uplinks(netlink::NftTransaction& transaction, const std::vector<Uplink>& uplinks) {
    for (const auto& uplink : uplinks) {
        transaction.add_element(uplink.v6 ? kUplinks6 : kUplinks4, interface_element(uplink.name));
    }
}

void switch_on(const std::vector<Uplink>& uplinks) {
    const bool per_interface = has_switch_per_interface();
    for (const auto& uplink : uplinks) {
        if (!uplink.v6) {
            write_setting({"ipv4", uplink.name, "forwarding"}, "1");
        } else if (per_interface) {
            write_setting({"ipv6", uplink.name, "force_forwarding"}, "1");
        } else {
            keep_router_advertisements(uplink.name);
        }
    }
    const bool any6 =
        std::any_of(uplinks.begin(), uplinks.end(), [](const auto& uplink) { return uplink.v6; });
    if (any6 && !per_interface) write_setting({"ipv6", "all", "forwarding"}, "1");
}

void prepare_bridge(const std::string& name, bool v6) {
    write_setting({"ipv4", name, "forwarding"}, "1");
    write_setting({"ipv4", name, "route_localnet"}, "1");
    // A container must not become the host's router by an advertisement of its own.
    write_setting({"ipv6", name, "accept_ra"}, "0");
    write_setting({"ipv6", name, "disable_ipv6"}, v6 ? "0" : "1");
    if (!v6) return;
    write_setting({"ipv6", name, "accept_dad"}, "0");
    write_setting({"ipv6", name, "forwarding"}, "1");
    write_setting({"ipv6", name, "force_forwarding"}, "1");
}

void take_back(netlink::Socket& netfilter) {
    for (const bool v6 : {false, true}) {
        const char* family = v6 ? "ipv6" : "ipv4";
        const char* set = v6 ? kUplinks6 : kUplinks4;
        if (is_on({family, "all", "forwarding"})) continue; // others may want it by now
        for (const auto& element : netlink::list_elements(netfilter, kTable, set)) {
            write_setting({family, interface_of(element), key_of(v6)}, "0");
        }
    }
}

void put_lan(netlink::NftTransaction& transaction, netlink::Socket& route) {
    const auto names = own_interfaces(route);
    std::vector<base::IpPrefix> v4;
    std::vector<base::IpPrefix> v6{*base::IpPrefix::parse("fe80::/10")};
    for (const auto& address : netlink::list_addresses(route)) {
        if (names.find(address.index) == names.end()) continue;
        (address.prefix.address.is_v6() ? v6 : v4).push_back(address.prefix.network());
    }
    put_ranges(transaction, kLan4, v4);
    put_ranges(transaction, kLan6, v6);
}

} // namespace berth::bridge
