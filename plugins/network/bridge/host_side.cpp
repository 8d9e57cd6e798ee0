// SPDX-License-Identifier: LGPL-2.1-or-later
#include "host_side.hpp"

#include <algorithm>
#include <map>

#include <bridge/forwarding.hpp>
#include <bridge/names.hpp>
#include <bridge/plan.hpp>
#include <bridge/ruleset.hpp>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netlink/address.hpp>
#include <sys/file.h>

#include <base/rollback.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr std::uint32_t kUsualMtu = 1500;

/// The smallest MTU of the interfaces that default routes lead to, at most the usual one.
std::uint32_t mtu_of_way_out(netlink::Socket& route) {
    std::uint32_t mtu = kUsualMtu;
    std::map<int, std::uint32_t> mtus;
    for (const auto& link : netlink::list_links(route))
        mtus[link.index] = link.mtu;
    for (const auto& way : netlink::list_routes(route)) {
        if (way.destination.length != 0 || !way.unicast || way.index == 0) continue;
        if (mtus.count(way.index) != 0) mtu = std::min(mtu, mtus[way.index]);
    }
    return mtu;
}

bool has_v6(const NetworkConfig& network) {
    return std::any_of(network.subnets.begin(), network.subnets.end(), [](const auto& subnet) {
        return subnet.cidr.find(':') != std::string::npos;
    });
}

/// Without icc the rules keep containers apart where they see bridged packets; see isolates().
bool needs_ip_hooks(const NetworkConfig& network) {
    return !read_options(network).icc;
}

bool has_ports(netlink::Socket& route, const netlink::Link& bridge) {
    const auto links = netlink::list_links(route);
    return std::any_of(links.begin(), links.end(),
                       [&](const auto& link) { return link.master == bridge.index; });
}

/// A bridge of that name that is another's: an older network's is taken away, anything else is not
/// berth's to touch.
void make_room(netlink::Socket& route, const NetworkConfig& network) {
    const auto there = netlink::find_link(route, network.interface);
    if (!there || there->alias == bridge_alias(network.id)) return;
    const bool unfinished = there->kind == "bridge" && there->alias.empty() && !there->up;
    if (!unfinished && !owner_of(there->alias)) {
        throw Error(ErrorCode::Exists, "cannot make network '" + network.name +
                                           "': the host has an interface '" + network.interface +
                                           "' that is not berth's");
    }
    if (has_ports(route, *there)) {
        throw Error(ErrorCode::Busy, "cannot make network '" + network.name + "': interface '" +
                                         network.interface +
                                         "' belongs to a network that is in use");
    }
    netlink::remove_link(route, network.interface);
}

netlink::Link make_link(netlink::Socket& route, const NetworkConfig& network) {
    const std::uint32_t mtu = read_options(network).mtu;
    netlink::make_bridge(route, network.interface,
                         mac_for(parse_subnet(network.subnets.at(0)).gateway),
                         mtu != 0 ? mtu : mtu_of_way_out(route));
    const auto made = netlink::find_link(route, network.interface);
    if (!made) throw Error(ErrorCode::Internal, "bridge '" + network.interface + "' vanished");
    return *made;
}

using Ranges = std::vector<std::pair<const char*, netlink::NftElement>>;

Ranges ranges_of(const NetworkConfig& network) {
    Ranges ranges;
    for (const auto& subnet : network.subnets) {
        const auto prefix = parse_subnet(subnet).prefix;
        ranges.emplace_back(prefix.address.is_v6() ? kOwn6 : kOwn4,
                            range_element(prefix, network.interface));
    }
    return ranges;
}

} // namespace

void remove_from_set(netlink::Socket& netfilter, netlink::NftTransaction& transaction,
                     const char* set, const std::string& interface) {
    for (const auto& element : netlink::list_elements(netfilter, kTable, set)) {
        if (interface_of(element) == interface) transaction.remove_element(set, element);
    }
}

Kernel Kernel::open() {
    return {netlink::Socket::open(NETLINK_ROUTE), netlink::Socket::open(NETLINK_NETFILTER)};
}

Lock::Lock(const std::string& runtime_dir) {
    const std::string path = runtime_dir + "/lock";
    fd_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd_) throw_errno("cannot open '" + path + "'");
    while (::flock(fd_.get(), LOCK_EX) < 0) {
        if (errno != EINTR) throw_errno("cannot lock '" + path + "'");
    }
}

HostSide::HostSide(Kernel& kernel, const Settings& settings, std::string runtime_dir)
    : kernel_(kernel), settings_(settings), runtime_dir_(std::move(runtime_dir)) {}

/// The alias is given last, so a bridge that has it is whole; the rules may have been flushed by
/// somebody since.
std::optional<netlink::Link> HostSide::ready(const NetworkConfig& network) {
    const auto link = netlink::find_link(kernel_.route, network.interface);
    if (!link || !link->up || link->alias != bridge_alias(network.id)) return std::nullopt;
    const std::string key = interface_element(network.interface).key;
    if (!netlink::find_element(kernel_.netfilter, kTable, kBridges, key)) return std::nullopt;
    if (!netlink::has_chain(kernel_.netfilter, kTable, version_chain(settings_.scope))) return {};
    return link;
}

bool HostSide::complete(const NetworkConfig& network) {
    return ready(network).has_value();
}

netlink::Link HostSide::ensure(const NetworkConfig& network) {
    if (const auto link = ready(network)) return *link;
    const Lock lock(runtime_dir_);
    if (const auto link = ready(network)) return *link; // another process was first
    return make(network);
}

void HostSide::restore(const NetworkConfig& network) {
    const Lock lock(runtime_dir_);
    static_cast<void>(make(network));
}

netlink::Link HostSide::make(const NetworkConfig& network) {
    if (network.subnets.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "network '" + network.name + "' of driver 'bridge' has no subnet");
    }
    make_room(kernel_.route, network);
    base::Rollback undo;
    auto link = netlink::find_link(kernel_.route, network.interface);
    if (!link) {
        link = make_link(kernel_.route, network);
        undo.add([&] { netlink::remove_link(kernel_.route, network.interface); });
    }
    prepare_bridge(network.interface, has_v6(network));
    for (const auto& subnet : network.subnets) {
        const auto [prefix, gateway] = parse_subnet(subnet);
        netlink::add_address(kernel_.route, link->index, {gateway, prefix.length});
    }
    netlink::change_link(kernel_.route, *link,
                         {.up = true, .call_ip_hooks = needs_ip_hooks(network)});
    enter_rules(network);
    netlink::change_link(kernel_.route, *link, {.alias = bridge_alias(network.id)});
    undo.dismiss();
    return *link;
}

void HostSide::enter_rules(const NetworkConfig& network) {
    const NetworkOptions options = read_options(network);
    const auto uplinks = missing_uplinks(kernel_.route);
    netlink::NftTransaction transaction(kTable);
    put_rules(transaction, settings_.scope, netlink::list_chains(kernel_.netfilter, kTable));
    const auto name = interface_element(network.interface);
    for (const char* set : kBridgeSets) {
        remove_from_set(kernel_.netfilter, transaction, set, network.interface);
    }
    transaction.add_element(kBridges, name);
    for (const auto& [set, range] : ranges_of(network)) {
        transaction.add_element(set, range);
    }
    if (network.internal) transaction.add_element(kInternal, name);
    if (options.icc) transaction.add_element(kTalking, pair_element(network.interface));
    if (options.masquerade && !network.internal) transaction.add_element(kMasquerading, name);
    add_uplinks(transaction, uplinks);
    if (settings_.scope == Scope::Lan) put_lan(transaction, kernel_.route);
    transaction.commit(kernel_.netfilter,
                       "cannot set up the packet filter for network '" + network.name + "'");
    if (!network.internal) switch_on(uplinks);
}

void HostSide::remove(const NetworkConfig& network) {
    const Lock lock(runtime_dir_);
    const auto link = netlink::find_link(kernel_.route, network.interface);
    if (link && link->alias == bridge_alias(network.id)) {
        netlink::remove_link(kernel_.route, network.interface);
    } else if (link) {
        return; // the name is another's by now, and so are the elements
    }
    std::size_t others = 0;
    for (const auto& element : netlink::list_elements(kernel_.netfilter, kTable, kBridges)) {
        if (interface_of(element) != network.interface) ++others;
    }
    netlink::NftTransaction transaction(kTable);
    if (others != 0) {
        for (const char* set : kBridgeSets) {
            remove_from_set(kernel_.netfilter, transaction, set, network.interface);
        }
    } else if (!netlink::list_chains(kernel_.netfilter, kTable).empty()) {
        take_back(kernel_.netfilter);
        transaction.remove_table();
    }
    if (transaction.empty()) return;
    transaction.commit(kernel_.netfilter,
                       "cannot take network '" + network.name + "' out of the packet filter");
}

} // namespace berth::bridge
