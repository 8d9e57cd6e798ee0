// SPDX-License-Identifier: LGPL-2.1-or-later
#include "addresses.hpp"

#include <base/ip.hpp>
#include <berth/error.hpp>

namespace berth::container {

namespace {

base::IpPrefix prefix_of(const std::string& cidr) {
    const auto prefix = base::IpPrefix::parse(cidr);
    if (!prefix)
        throw Error(ErrorCode::Corrupt, "the subnet '" + cidr + "' of a network is damaged");
    return *prefix;
}

/// IPv6 has no broadcast address, but its first is the routers' anycast address.
bool is_reserved(const base::IpPrefix& subnet, const base::IpAddress& address,
                 const std::string& gateway) {
    if (subnet.length + 1 < subnet.address.bits()) {
        if (address == subnet.network().address) return true;
        if (!address.is_v6() && address == subnet.last()) return true;
    }
    return address.str() == gateway;
}

} // namespace

std::string free_address(const Subnet& subnet, const std::set<std::string>& taken) {
    const base::IpPrefix whole = prefix_of(subnet.cidr);
    const base::IpPrefix range = subnet.range.empty() ? whole : prefix_of(subnet.range);
    std::optional<base::IpAddress> address = range.network().address;
    // As many tries as there can be misses: the taken ones and the reserved ones.
    for (std::size_t tries = 0; address && tries < taken.size() + 4; ++tries) {
        if (!range.contains(*address)) break;
        if (!is_reserved(whole, *address, subnet.gateway) && !taken.contains(address->str())) {
            return address->str();
        }
        address = address->plus(1);
    }
    throw Error(ErrorCode::Exhausted, "no address is left in " + range.str() +
                                          "; remove containers or use another network");
}

void check_address(const Subnet& subnet, const std::string& address) {
    const base::IpPrefix whole = prefix_of(subnet.cidr);
    const auto parsed = base::IpAddress::parse(address);
    if (!parsed || !whole.contains(*parsed)) {
        throw Error(ErrorCode::InvalidArgument,
                    "the address " + address + " is not in the network's " + subnet.cidr);
    }
    if (is_reserved(whole, *parsed, subnet.gateway)) {
        throw Error(ErrorCode::InvalidArgument,
                    "the address " + address + " of " + subnet.cidr + " is reserved");
    }
}

bool contains(const Subnet& subnet, const std::string& address) {
    const auto parsed = base::IpAddress::parse(address);
    return parsed && prefix_of(subnet.cidr).contains(*parsed);
}

std::string with_prefix(const Subnet& subnet, const std::string& address) {
    return address + "/" + std::to_string(prefix_of(subnet.cidr).length);
}

} // namespace berth::container
