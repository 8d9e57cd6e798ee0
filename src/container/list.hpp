// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers as rows of `ps`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <container/engine.hpp>
#include <container/state.hpp>
#include <spec/container_spec.hpp>

namespace berth::container {

struct ContainerRow {
    store::ContainerRecord record; ///< without its spec
    Condition condition;
    std::vector<std::string> command; ///< entrypoint and arguments
    std::vector<std::string> ports;   ///< "0.0.0.0:8080->80/tcp", "443/tcp"
    std::map<std::string, std::string> labels;
    std::vector<std::string> networks;
    std::vector<std::string> mounts;        ///< volume names and host paths
    std::optional<std::uint64_t> size_rw;   ///< bytes of its own layer
    std::optional<std::uint64_t> size_root; ///< and with the image's
};

struct ListOptions {
    bool all = false; ///< those too that don't run
    bool size = false;
};

/// Oldest first. One question to PID 1 for all.
[[nodiscard]] std::vector<ContainerRow> list_containers(Engine& engine, const ListOptions& options);

/// What it publishes now: the host's ports that its last start chose.
[[nodiscard]] std::vector<PublishedPort> current_ports(const store::ContainerRecord& record,
                                                       const spec::ContainerSpec& spec);

} // namespace berth::container
