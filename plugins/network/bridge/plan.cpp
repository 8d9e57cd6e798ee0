// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <algorithm>

#include <bridge/names.hpp>

#include <base/random.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr std::size_t kInterfaceNameLimit = 15;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, why);
}

bool overlaps_any(const base::IpPrefix& prefix, const std::vector<base::IpPrefix>& used) {
    return std::any_of(used.begin(), used.end(),
                       [&](const auto& other) { return prefix.overlaps(other); });
}

base::IpPrefix random_ula() {
    // RFC 4193, section 3.2: fd, 40 random bits, a subnet number; random as well, so that a host's
    // networks need not know of each other.
    const std::string hex = base::random_hex(7);
    std::string text = "fd" + hex.substr(0, 2) + ":" + hex.substr(2, 4) + ":" + hex.substr(6, 4) +
                       ":" + hex.substr(10, 4) + "::/64";
    return *base::IpPrefix::parse(text);
}

Subnet subnet_of(const base::IpPrefix& prefix) {
    return {prefix.str(), prefix.address.plus(1)->str(), ""};
}

base::IpPrefix parse_prefix(const std::string& text, const std::string& what) {
    const auto prefix = base::IpPrefix::parse(text);
    if (!prefix) refuse(what + " '" + text + "' is not of the form 172.20.0.0/16 or fd00:1::/64");
    return *prefix;
}

void check_length(const base::IpPrefix& prefix) {
    const unsigned highest = prefix.address.is_v6() ? 126 : 30;
    const unsigned lowest = prefix.address.is_v6() ? 16 : 8;
    if (prefix.length < lowest || prefix.length > highest) {
        refuse("subnet '" + prefix.str() + "' must have a length from " + std::to_string(lowest) +
               " to " + std::to_string(highest));
    }
}

void check_range(const Subnet& subnet, const base::IpPrefix& prefix) {
    if (subnet.range.empty()) return;
    const base::IpPrefix range = parse_prefix(subnet.range, "address range");
    if (range.length < prefix.length || !prefix.contains(range.address)) {
        refuse("address range '" + subnet.range + "' is not inside subnet '" + subnet.cidr + "'");
    }
}

void check_usable(const base::IpPrefix& prefix) {
    const auto& address = prefix.address;
    const auto first = static_cast<unsigned char>(address.bytes()[0]);
    const bool multicast = address.is_v6() ? first == 0xff : first >= 224;
    const bool link_local = address.is_v6() && first == 0xfe && (address.bytes()[1] & 0xc0) == 0x80;
    if (multicast || link_local || address.is_loopback() || address.is_unspecified() ||
        (!address.is_v6() && (first == 0 || first == 127))) {
        refuse("subnet '" + prefix.str() + "' is of a kind that hosts can't have");
    }
}

std::vector<Subnet> checked_subnets(const NetworkConfig& wanted,
                                    const std::vector<base::IpPrefix>& used) {
    std::vector<Subnet> subnets;
    bool seen[2] = {false, false};
    for (Subnet subnet : wanted.subnets) {
        const base::IpPrefix prefix = parse_prefix(subnet.cidr, "subnet").network();
        check_length(prefix);
        check_usable(prefix);
        if (overlaps_any(prefix, used)) {
            throw Error(ErrorCode::Exists, "subnet '" + subnet.cidr +
                                               "' overlaps another network or a route of the host");
        }
        if (std::exchange(seen[prefix.address.is_v6() ? 1 : 0], true)) {
            refuse("a network has at most one IPv4 and one IPv6 subnet");
        }
        subnet.cidr = prefix.str();
        if (subnet.gateway.empty()) subnet.gateway = prefix.address.plus(1)->str();
        static_cast<void>(parse_subnet(subnet));
        subnets.push_back(subnet);
    }
    return subnets;
}

std::vector<Subnet> chosen_subnets(const Settings& settings, bool ipv6,
                                   const std::vector<base::IpPrefix>& used) {
    const auto prefix = choose_subnet(settings, used);
    if (!prefix) {
        throw Error(ErrorCode::Exhausted,
                    "no subnet is free: every one of the address pools overlaps a route of the "
                    "host or another network; name one with --subnet, remove networks, or set "
                    "address-pools in berth.toml");
    }
    std::vector<Subnet> subnets{subnet_of(*prefix)};
    if (!ipv6) return subnets;
    base::IpPrefix ula = random_ula();
    while (overlaps_any(ula, used))
        ula = random_ula();
    subnets.push_back(subnet_of(ula));
    return subnets;
}

void check_interface(const std::string& name, const std::vector<NetworkConfig>& taken) {
    static constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_.";
    if (name.empty() || name.size() > kInterfaceNameLimit || name.front() == '.' ||
        name.front() == '-' || name.find_first_not_of(kAllowed) != std::string::npos ||
        name == "lo" || name == "all" || name == "default") {
        refuse("'" + name +
               "' can't be the name of a bridge: letters, digits, '-', '_' and '.', "
               "at most 15");
    }
    for (const auto& other : taken) {
        if (other.interface != name) continue;
        throw Error(ErrorCode::Exists,
                    "interface '" + name + "' belongs to network '" + other.name + "'");
    }
}

} // namespace

SubnetValues parse_subnet(const Subnet& subnet) {
    const base::IpPrefix prefix = parse_prefix(subnet.cidr, "subnet");
    if (prefix != prefix.network()) {
        refuse("subnet '" + subnet.cidr + "' should be '" + prefix.network().str() + "'");
    }
    const auto gateway = base::IpAddress::parse(subnet.gateway);
    if (!gateway || !prefix.contains(*gateway) || *gateway == prefix.address ||
        (!gateway->is_v6() && *gateway == prefix.last())) {
        refuse("gateway '" + subnet.gateway + "' is not an address for a host in subnet '" +
               subnet.cidr + "'");
    }
    check_range(subnet, prefix);
    return {prefix, *gateway};
}

std::optional<base::IpPrefix> choose_subnet(const Settings& settings,
                                            const std::vector<base::IpPrefix>& used) {
    for (const auto& pool : settings.pools) {
        const unsigned length = std::max(settings.subnet_length, pool.length);
        std::optional<base::IpAddress> start = pool.address;
        while (start && pool.contains(*start)) {
            const base::IpPrefix candidate{*start, length};
            const auto clash = std::find_if(used.begin(), used.end(), [&](const auto& other) {
                return candidate.overlaps(other);
            });
            if (clash == used.end()) return candidate;
            // On past the larger of the two: a /8 in the way is stepped over at once.
            const base::IpPrefix wide{candidate.address, std::min(length, clash->length)};
            start = wide.last().plus(1);
        }
    }
    return std::nullopt;
}

NetworkConfig complete(const NetworkConfig& wanted, const Settings& settings,
                       const std::vector<base::IpPrefix>& used,
                       const std::vector<NetworkConfig>& taken, bool host_ipv6) {
    const NetworkOptions options = read_options(wanted);
    NetworkConfig network = wanted;
    network.subnets =
        wanted.subnets.empty()
            ? chosen_subnets(settings, settings.ipv6 && options.ipv6 && host_ipv6, used)
            : checked_subnets(wanted, used);
    if (network.interface.empty()) network.interface = bridge_name(wanted);
    check_interface(network.interface, taken);
    return network;
}

} // namespace berth::bridge
