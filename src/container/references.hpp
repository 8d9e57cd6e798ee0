// SPDX-License-Identifier: LGPL-2.1-or-later
// What a specification says about things outside it: other containers, paths of the host.
#pragma once

#include <string>
#include <vector>

#include <spec/container_spec.hpp>
#include <store/store.hpp>

namespace berth::container {

/// Names of containers in pid_mode, ipc_mode and network_mode become ids; the mounts of
/// volumes_from are added to the specification's own.
void resolve_references(store::Store& store, spec::ContainerSpec& spec);

/// Links name containers that are there, on a network of this one's, and lead back to nobody:
/// NotFound or InvalidArgument. Their names become those of the containers.
void check_links(store::Store& store, const std::string& name, spec::ContainerSpec& spec,
                 const std::vector<NetworkConfig>& networks);

/// What the sources of binds are now, without links: what is authorised is what will be mounted.
void settle_bind_sources(std::vector<spec::Mount>& mounts);

/// --mount type=bind needs a source that exists; -v makes it.
void check_bind_sources(const std::vector<spec::Mount>& mounts);
/// The directories that -v asked for and that are missing. The unit makes them before it starts:
/// the daemon itself may not write to the host.
[[nodiscard]] std::vector<std::string> missing_sources(const std::vector<spec::Mount>& mounts);

} // namespace berth::container
