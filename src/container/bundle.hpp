// SPDX-License-Identifier: LGPL-2.1-or-later
// From a ContainerSpec to the OCI bundle that berth-run executes. Limits are not in it: those are
// the unit's (unit_settings.hpp).
#pragma once

#include <string>
#include <vector>

#include <spec/bundle.hpp>
#include <spec/bundle_network.hpp>
#include <spec/container_spec.hpp>
#include <store/records.hpp>

namespace berth::container {

/// Paths of namespaces of other containers to join; empty: none.
struct SharedNamespaces {
    std::string pid;
    std::string ipc;
    std::string network;
};

struct BundleInput {
    const store::ContainerRecord& record;
    const spec::ContainerSpec& spec;
    spec::BundleNetwork network;
    SharedNamespaces shared;
    std::vector<spec::BundleDevice> devices; ///< host devices for the container's /dev
    bool hosts_files = true;                 ///< containers/<id> has hosts, hostname, resolv.conf
    bool attached = false;
};

/// Pure.
[[nodiscard]] spec::Bundle make_bundle(const BundleInput& input);

/// The mounts of make_bundle(): docker's own and the user's, parents first.
[[nodiscard]] std::vector<spec::BundleMount> bundle_mounts(const spec::ContainerSpec& spec);

/// The variables its command gets, in docker's order: its own first, so that the user's replace
/// them.
[[nodiscard]] std::vector<std::string> container_environment(const store::ContainerRecord& record,
                                                             const spec::ContainerSpec& spec,
                                                             bool tty);

/// What the container calls itself.
[[nodiscard]] std::string host_name_of(const store::ContainerRecord& record,
                                       const spec::ContainerSpec& spec);

} // namespace berth::container
