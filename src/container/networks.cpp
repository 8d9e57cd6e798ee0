// SPDX-License-Identifier: LGPL-2.1-or-later
#include "networks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <base/random.hpp>
#include <container/addresses.hpp>
#include <container/bundle_files.hpp>
#include <container/host_ports.hpp>
#include <container/list.hpp>
#include <spec/mode_syntax.hpp>

namespace berth::container {

namespace {

constexpr const char* kBridge = "bridge";

NetworkConfig make_default_network(Engine& engine) {
    NetworkConfig wanted{.id = NetworkId(base::random_hex(32))};
    wanted.name = kBridge;
    wanted.driver = kBridge;
    const auto planned = engine.plugins().network(kBridge).plan(wanted, engine.store().networks());
    engine.store().add_network(planned);
    return planned;
}

NetworkConfig default_network(Engine& engine) {
    const auto lock = engine.lock_networks();
    try {
        return engine.store().find_network(kBridge);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
    return make_default_network(engine);
}

std::string resolved_mode(Engine& engine, const std::string& mode) {
    return mode == "default" ? engine.config().network.default_network : mode;
}

/// The address asked for that belongs to this subnet, or "".
std::string asked_address(const spec::ContainerSpec& spec, const Subnet& subnet) {
    for (const auto& address : {spec.ip, spec.ip6}) {
        if (!address.empty() && contains(subnet, address)) return address;
    }
    return {};
}

void require_fitting(const spec::ContainerSpec& spec, const std::vector<NetworkConfig>& networks) {
    for (const auto& address : {spec.ip, spec.ip6}) {
        if (address.empty()) continue;
        const bool fits = std::any_of(networks.begin(), networks.end(), [&](const auto& network) {
            return std::any_of(network.subnets.begin(), network.subnets.end(),
                               [&](const Subnet& subnet) { return contains(subnet, address); });
        });
        if (!fits) {
            throw Error(ErrorCode::InvalidArgument,
                        "the address " + address + " is in no subnet of the container's networks");
        }
    }
}

Endpoint endpoint_of(const store::ContainerRecord& record, const spec::ContainerSpec& spec,
                     const NetworkConfig& network, const std::vector<store::Lease>& leases,
                     std::size_t index) {
    Endpoint endpoint{.container = record.id};
    endpoint.container_name = record.name;
    endpoint.interface = "eth" + std::to_string(index);
    for (const auto& lease : leases) {
        if (lease.network != network.id) continue;
        for (const auto& subnet : network.subnets) {
            if (!contains(subnet, lease.address)) continue;
            endpoint.addresses.push_back(with_prefix(subnet, lease.address));
        }
    }
    if (index == 0) endpoint.mac = spec.mac_address;
    return endpoint;
}

/// Sockets' ports, and those that containers publish, which have no socket.
UsedPorts used_ports(Engine& engine) {
    UsedPorts used = bound_ports();
    for (const auto& record : engine.store().containers()) {
        for (const auto& port : current_ports(record, spec::parse_container_spec(record.spec)))
            used.emplace(port.protocol, port.host_port);
    }
    return used;
}

} // namespace

std::vector<NetworkConfig> networks_of_mode(Engine& engine, const std::string& asked) {
    const std::string mode = resolved_mode(engine, asked);
    if (mode == "host" || mode == "none" || !spec::shared_container(mode).empty()) return {};
    if (mode == kBridge) return {default_network(engine)};
    return {engine.store().find_network(mode)};
}

std::vector<store::Lease> choose_leases(Engine& engine, const ContainerId& id,
                                        const spec::ContainerSpec& spec,
                                        const std::vector<NetworkConfig>& networks) {
    require_fitting(spec, networks);
    std::vector<store::Lease> leases;
    for (const auto& network : networks) {
        if (!engine.plugins().network(network.driver).traits().addresses) continue;
        std::set<std::string> taken;
        for (const auto& lease : engine.store().leases(network.id))
            taken.insert(lease.address);
        for (const auto& subnet : network.subnets) {
            std::string address = asked_address(spec, subnet);
            if (address.empty()) {
                address = free_address(subnet, taken);
            } else {
                check_address(subnet, address);
            }
            leases.push_back({network.id, id, std::move(address)});
        }
    }
    return leases;
}

spec::BundleNetwork bundle_network(Engine& engine, const store::ContainerRecord& record,
                                   const spec::ContainerSpec& spec) {
    spec::BundleNetwork bundle{.mode = resolved_mode(engine, spec.network_mode)};
    const auto leases = engine.store().leases(record.id);
    const auto networks = networks_of_mode(engine, spec.network_mode);
    for (std::size_t index = 0; index < networks.size(); ++index) {
        bundle.networks.push_back(
            {networks[index], endpoint_of(record, spec, networks[index], leases, index)});
    }
    if (!bundle.networks.empty()) {
        bundle.networks[0].endpoint.ports =
            choose_host_ports(spec, needs_host_ports(spec) ? used_ports(engine) : UsedPorts());
    }
    return bundle;
}

std::vector<spec::NetworkAttachment> attached_networks(Engine& engine,
                                                       const store::ContainerRecord& record,
                                                       const spec::ContainerSpec& spec) {
    if (const std::string text = read_bundle(record.id); !text.empty()) {
        return spec::parse_bundle_network(
                   spec::parse_bundle(text).annotation(spec::kAnnotationNetwork))
            .networks;
    }
    return bundle_network(engine, record, spec).networks;
}

std::vector<NetworkRow> list_networks(Engine& engine) {
    std::map<std::string, std::string> names;
    for (const auto& record : engine.store().containers())
        names[record.id.str()] = record.name;
    std::vector<NetworkRow> rows;
    for (const auto& network : engine.store().networks()) {
        NetworkRow row{.id = network.id.str(),
                       .name = network.name,
                       .driver = network.driver,
                       .subnets = network.subnets,
                       .internal = network.internal,
                       .interface = network.interface};
        std::set<std::string> holders;
        for (const auto& lease : engine.store().leases(network.id)) {
            holders.insert(names[lease.container.str()]);
        }
        row.containers.assign(holders.begin(), holders.end());
        rows.push_back(std::move(row));
    }
    // They have no configuration, and ids that never change.
    for (const auto* name : {"host", "none"}) {
        rows.push_back(
            {.id = std::string(64, name[0] == 'h' ? '1' : '0'), .name = name, .driver = name});
    }
    std::sort(rows.begin(), rows.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    return rows;
}

} // namespace berth::container
