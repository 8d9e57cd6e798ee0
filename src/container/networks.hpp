// SPDX-License-Identifier: LGPL-2.1-or-later
// Networks as records, and a container's place in them.
#pragma once

#include <string>
#include <vector>

#include <container/engine.hpp>
#include <spec/bundle_network.hpp>
#include <spec/container_spec.hpp>

namespace berth::container {

/// The networks a container with this mode joins: none for host, none and container:ID. The default
/// network is planned by its plugin and recorded when it is needed first.
[[nodiscard]] std::vector<NetworkConfig> networks_of_mode(Engine& engine, const std::string& mode);

/// Leases to record with a new container: an address of every subnet, the asked ones where given.
/// Call with lock_networks() held until they are recorded.
[[nodiscard]] std::vector<store::Lease> choose_leases(Engine& engine, const ContainerId& id,
                                                      const spec::ContainerSpec& spec,
                                                      const std::vector<NetworkConfig>& networks);

/// What its bundle says about the network, with ports chosen where the user left that to us.
[[nodiscard]] spec::BundleNetwork bundle_network(Engine& engine,
                                                 const store::ContainerRecord& record,
                                                 const spec::ContainerSpec& spec);

/// The networks of a container that runs, as its start attached it.
[[nodiscard]] std::vector<spec::NetworkAttachment>
attached_networks(Engine& engine, const store::ContainerRecord& record,
                  const spec::ContainerSpec& spec);

/// A row of the list; host and none are always there.
struct NetworkRow {
    std::string id;
    std::string name;
    std::string driver;
    std::vector<Subnet> subnets;
    bool internal = false;
    std::string interface;
    std::vector<std::string> containers; ///< names
};
[[nodiscard]] std::vector<NetworkRow> list_networks(Engine& engine);

} // namespace berth::container
