// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bridge.hpp"

#include <algorithm>

#include <bridge/container_side.hpp>
#include <bridge/host_side.hpp>
#include <bridge/names.hpp>
#include <bridge/plan.hpp>
#include <bridge/ports.hpp>
#include <bridge/reconcile.hpp>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netlink/address.hpp>
#include <netlink/netns.hpp>
#include <unistd.h>

#include <base/rollback.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr int kForwardingChecks = 200;
constexpr useconds_t kForwardingPause = 250; // microseconds

/// An endpoint as values, checked against its network.
struct Place {
    std::string veth;
    ContainerSide side;
    netlink::Mac mac{};
    std::vector<PortElement> ports;
};

std::string holder_of(const NetworkConfig& network, const Endpoint& endpoint) {
    return veth_name(network.id, endpoint.container) + " " +
           (endpoint.container_name.empty() ? endpoint.container.brief() : endpoint.container_name);
}

base::IpPrefix address_in(const NetworkConfig& network, const std::string& text) {
    const auto address = base::IpPrefix::parse(text);
    for (const auto& subnet : network.subnets) {
        const auto [prefix, gateway] = parse_subnet(subnet);
        if (!address || !prefix.contains(address->address)) continue;
        if (address->length == prefix.length && address->address != gateway &&
            address->address != prefix.address) {
            return *address;
        }
    }
    throw Error(ErrorCode::InvalidArgument, "'" + text +
                                                "' is no address for a container in "
                                                "network '" +
                                                network.name + "'");
}

netlink::Mac mac_of(const Endpoint& endpoint, const ContainerSide& side) {
    if (endpoint.mac.empty()) return mac_for(side.addresses.front().address);
    const auto mac = netlink::parse_mac(endpoint.mac);
    if (!mac || ((*mac)[0] & 1U) != 0) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + endpoint.mac + "' is not the MAC address of one interface");
    }
    return *mac;
}

Place place_of(const NetworkConfig& network, const Endpoint& endpoint) {
    Place place;
    place.veth = veth_name(network.id, endpoint.container);
    place.side.interface = endpoint.interface;
    for (const auto& text : endpoint.addresses) {
        place.side.addresses.push_back(address_in(network, text));
    }
    if (place.side.addresses.empty()) {
        throw Error(ErrorCode::InvalidArgument, "container '" + endpoint.container_name +
                                                    "' has no address in network '" + network.name +
                                                    "'");
    }
    // The IPv4 address first: the MAC address follows from it.
    std::sort(place.side.addresses.begin(), place.side.addresses.end());
    for (const auto& subnet : network.subnets) {
        const auto gateway = parse_subnet(subnet).gateway;
        const bool used =
            std::any_of(place.side.addresses.begin(), place.side.addresses.end(),
                        [&](const auto& a) { return a.address.is_v6() == gateway.is_v6(); });
        if (used && !network.internal) place.side.gateways.push_back(gateway);
    }
    if (network.internal && !endpoint.ports.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "network '" + network.name + "' is internal and publishes no ports");
    }
    place.mac = mac_of(endpoint, place.side);
    place.ports = port_elements(endpoint, holder_of(network, endpoint));
    return place;
}

/// Without icc, the rules keep containers apart if they see bridged packets (br_netfilter), and let
/// them reach each other's published ports. Where they do not see them the bridge itself must.
bool isolates(const NetworkOptions& options) {
    return !options.icc && ::access("/proc/sys/net/bridge", F_OK) != 0;
}

void make_pair(Kernel& kernel, const NetworkConfig& network, const Endpoint& endpoint,
               const Place& place, const netlink::Link& bridge, int netns_fd) {
    const netlink::VethPair pair{place.veth,   mac_for_host_end(endpoint.container),
                                 bridge.index, endpoint.interface,
                                 place.mac,    netns_fd,
                                 bridge.mtu};
    try {
        netlink::make_veth(kernel.route, pair);
    } catch (const Error& error) {
        // What an attach that was killed has left; one container has one place in a network.
        if (error.code() != ErrorCode::Exists || !netlink::find_link(kernel.route, place.veth)) {
            throw;
        }
        netlink::remove_link(kernel.route, place.veth);
        netlink::make_veth(kernel.route, pair);
    }
    const auto link = netlink::find_link(kernel.route, place.veth);
    if (!link) throw Error(ErrorCode::Internal, "interface '" + place.veth + "' vanished");
    const NetworkOptions options = read_options(network);
    netlink::change_link(kernel.route, *link,
                         {.alias = veth_alias(network.id, endpoint.container),
                          .isolated = isolates(options),
                          .hairpin = true,
                          .no_ipv6_address = true});
    netlink::change_link(kernel.route, *link, {.up = true});
}

/// Removing an interface takes the kernel some 10 ms. When the container's namespace is gone it has
/// begun by itself, and waiting for it gains nothing.
void remove_pair(Kernel& kernel, const std::string& veth) {
    const auto link = netlink::find_link(kernel.route, veth);
    if (link && !link->orphaned) netlink::remove_link(kernel.route, veth);
}

/// The kernel lets a port forward, and a bridge send that had no port, a moment after the link
/// comes up; a program that starts sooner would lose its first packet, and a second with it.
void wait_until_forwarding(Kernel& kernel, const std::string& veth, const std::string& bridge) {
    for (int i = 0; i < kForwardingChecks; ++i) {
        const auto port = netlink::find_link(kernel.route, veth);
        const auto link = netlink::find_link(kernel.route, bridge);
        if (!port || !link || (port->forwards && link->running)) return;
        ::usleep(kForwardingPause);
    }
}

std::vector<std::string> texts(const std::vector<base::IpPrefix>& prefixes) {
    std::vector<std::string> result;
    for (const auto& prefix : prefixes)
        result.push_back(prefix.str());
    return result;
}

std::vector<std::string> texts(const std::vector<base::IpAddress>& addresses) {
    std::vector<std::string> result;
    for (const auto& address : addresses)
        result.push_back(address.str());
    return result;
}

} // namespace

Bridge::Bridge(const PluginHost& host)
    : settings_(read_settings(host.config_json)), runtime_dir_(host.runtime_dir) {}

Probe Bridge::probe() {
    try {
        Kernel kernel = Kernel::open();
        static_cast<void>(netlink::list_chains(kernel.netfilter, kTable));
        return {true, ""};
    } catch (const Error& error) {
        return {false, std::string(error.what()) +
                           "; the kernel needs nf_tables, bridge and veth, and the engine the "
                           "right to use them. Network 'host' needs none of them"};
    }
}

NetworkTraits Bridge::traits() const {
    return {NetnsMode::Own, true, true};
}

NetworkConfig Bridge::plan(const NetworkConfig& wanted, const std::vector<NetworkConfig>& taken) {
    netlink::Socket route = netlink::Socket::open(NETLINK_ROUTE);
    std::vector<base::IpPrefix> used;
    for (const auto& way : netlink::list_routes(route)) {
        if (way.destination.length != 0) used.push_back(way.destination);
    }
    for (const auto& network : taken) {
        for (const auto& subnet : network.subnets) {
            if (const auto prefix = base::IpPrefix::parse(subnet.cidr)) used.push_back(*prefix);
        }
    }
    const bool ipv6 = netlink::read_setting({"ipv6", "all", "disable_ipv6"}) == "0";
    return complete(wanted, settings_, used, taken, ipv6);
}

void Bridge::remove(const NetworkConfig& network) {
    Kernel kernel = Kernel::open();
    HostSide(kernel, settings_, runtime_dir_).remove(network);
}

Attached Bridge::attach(const NetworkConfig& network, const Endpoint& endpoint, int netns_fd) {
    const Place place = place_of(network, endpoint);
    check_host_ports(endpoint.ports);
    Kernel kernel = Kernel::open();
    const netlink::Link bridge = HostSide(kernel, settings_, runtime_dir_).ensure(network);
    base::Rollback undo;
    make_pair(kernel, network, endpoint, place, bridge, netns_fd);
    undo.add([&] { netlink::remove_link(kernel.route, place.veth); });
    configure_container(netns_fd, place.side);
    publish(kernel.route, kernel.netfilter, place.ports);
    undo.add([&] { unpublish(kernel.netfilter, place.ports); });
    wait_until_forwarding(kernel, place.veth, network.interface);
    undo.dismiss();
    return {texts(place.side.addresses), texts(place.side.gateways), netlink::mac_text(place.mac),
            place.veth};
}

void Bridge::detach(const NetworkConfig& network, const Endpoint& endpoint) {
    Kernel kernel = Kernel::open();
    unpublish(kernel.netfilter, port_elements(endpoint, ""));
    remove_pair(kernel, veth_name(network.id, endpoint.container));
    const auto bridge = netlink::find_link(kernel.route, network.interface);
    if (!bridge) return;
    for (const auto& text : endpoint.addresses) {
        const auto address = base::IpPrefix::parse(text);
        if (address) netlink::forget_neighbour(kernel.route, bridge->index, address->address);
    }
}

std::vector<std::string>
Bridge::reconcile(const std::vector<NetworkConfig>& networks,
                  const std::vector<std::pair<NetworkId, Endpoint>>& endpoints, bool repair) {
    Kernel kernel = Kernel::open();
    HostSide host(kernel, settings_, runtime_dir_);
    return Reconciler(kernel, host, {networks, endpoints}).run(repair);
}

} // namespace berth::bridge
