// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reconcile.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <bridge/forwarding.hpp>
#include <bridge/names.hpp>
#include <bridge/ruleset.hpp>

#include <berth/error.hpp>

namespace berth::bridge {

Reconciler::Reconciler(Kernel& kernel, HostSide& host, const Records& records)
    : kernel_(kernel), host_(host), records_(records) {}

std::vector<std::string> Reconciler::run(bool repair) {
    look_at_networks();
    look_at_links();
    look_at_ports();
    look_at_sets();
    look_at_uplinks();
    std::vector<std::string> texts;
    for (const auto& difference : differences_) {
        texts.push_back(difference.text);
        if (repair && difference.mend) difference.mend();
    }
    return texts;
}

void Reconciler::add(std::string text, std::function<void()> mend) {
    differences_.push_back({std::move(text), std::move(mend)});
}

const NetworkConfig* Reconciler::network_of(const std::string& id) const {
    const auto found = std::find_if(records_.networks.begin(), records_.networks.end(),
                                    [&](const auto& network) { return network.id.str() == id; });
    return found == records_.networks.end() ? nullptr : &*found;
}

bool Reconciler::has_endpoint(const std::string& network, const std::string& container) const {
    return std::any_of(
        records_.endpoints.begin(), records_.endpoints.end(), [&](const auto& entry) {
            return entry.first.str() == network && entry.second.container.str() == container;
        });
}

bool Reconciler::in_use(const NetworkConfig& network) const {
    return std::any_of(records_.endpoints.begin(), records_.endpoints.end(),
                       [&](const auto& entry) { return entry.first == network.id; });
}

/// A network with containers must be whole; one without may be there or not, but not half.
void Reconciler::look_at_networks() {
    for (const auto& network : records_.networks) {
        const auto link = netlink::find_link(kernel_.route, network.interface);
        if (!in_use(network) && (!link || link->alias != bridge_alias(network.id))) continue;
        if (host_.complete(network)) continue;
        add("network '" + network.name + "' is missing or incomplete in the kernel",
            [this, &network] { host_.restore(network); });
    }
}

void Reconciler::look_at_links() {
    std::set<std::string> veths;
    for (const auto& link : netlink::list_links(kernel_.route)) {
        const auto owner = owner_of(link.alias);
        if (!owner) continue;
        if (!owner->container.empty()) veths.insert(link.name);
        const bool known = owner->container.empty()
                               ? network_of(owner->network) != nullptr
                               : has_endpoint(owner->network, owner->container);
        if (known) continue;
        add("interface '" + link.name + "' belongs to no " +
                (owner->container.empty() ? "network" : "running container"),
            [this, name = link.name] { netlink::remove_link(kernel_.route, name); });
    }
    for (const auto& [network, endpoint] : records_.endpoints) {
        if (network_of(network.str()) == nullptr) continue;
        if (veths.count(veth_name(network, endpoint.container)) != 0) continue;
        add("container '" + endpoint.container_name +
                "' has lost its interface; restart it to get a new one",
            {});
    }
}

void Reconciler::look_at_ports() {
    std::vector<PortElement> wanted;
    for (const auto& [network, endpoint] : records_.endpoints) {
        if (network_of(network.str()) == nullptr) continue;
        const std::string name =
            endpoint.container_name.empty() ? endpoint.container.brief() : endpoint.container_name;
        for (auto& port :
             port_elements(endpoint, veth_name(network, endpoint.container) + " " + name)) {
            wanted.push_back(std::move(port));
        }
    }
    stale_ports(wanted);
    for (const auto& port : wanted) {
        const auto there =
            netlink::find_element(kernel_.netfilter, kTable, port.map, port.element.key);
        if (there && there->data == port.element.data) continue;
        add("published port " + port.text + " is missing",
            [this, port] { publish(kernel_.route, kernel_.netfilter, {port}); });
    }
}

void Reconciler::stale_ports(const std::vector<PortElement>& wanted) {
    std::set<std::pair<std::string, std::string>> known; // map, key and data
    for (const auto& port : wanted)
        known.emplace(port.map, port.element.key + port.element.data);
    for (const char* map : kPortMaps) {
        for (const auto& element : netlink::list_elements(kernel_.netfilter, kTable, map)) {
            if (known.count({map, element.key + element.data}) != 0) continue;
            add("a published port of '" + element.comment + "' belongs to no running container",
                [this, map, element] {
                    unpublish(kernel_.netfilter, {{map, element, ""}});
                });
        }
    }
}

/// Elements of bridges that no network has: an interface of that name would be taken for one.
void Reconciler::look_at_sets() {
    std::set<std::string> interfaces;
    for (const auto& network : records_.networks)
        interfaces.insert(network.interface);
    for (const char* set : kBridgeSets) {
        for (const auto& element : netlink::list_elements(kernel_.netfilter, kTable, set)) {
            if (interfaces.count(interface_of(element)) != 0) continue;
            add("set '" + std::string(set) + "' has '" + interface_of(element) +
                    "', which is no network's",
                [this, set, element] {
                    netlink::NftTransaction transaction(kTable);
                    transaction.remove_element(set, element);
                    transaction.commit(kernel_.netfilter, "cannot mend the packet filter");
                });
        }
    }
}

/// Interfaces that came after the networks: they forward nothing yet, or are no part of the LAN.
void Reconciler::look_at_uplinks() {
    const bool any = std::any_of(records_.networks.begin(), records_.networks.end(),
                                 [&](const auto& n) { return !n.internal && in_use(n); });
    if (!any) return;
    const auto missing = missing_uplinks(kernel_.route);
    for (const auto& uplink : missing) {
        add("interface '" + uplink.name + "' does not forward " + (uplink.v6 ? "IPv6" : "IPv4"),
            [this, uplink] {
                netlink::NftTransaction transaction(kTable);
                add_uplinks(transaction, {uplink});
                transaction.commit(kernel_.netfilter, "cannot mend the packet filter");
                switch_on({uplink});
            });
    }
}

} // namespace berth::bridge
