// SPDX-License-Identifier: LGPL-2.1-or-later
// Creating a container, in two steps: prepare() finds out exactly what would be made and changes
// nothing, so that it can be authorised; create() makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <container/engine.hpp>
#include <spec/config_map.hpp>
#include <spec/container_spec.hpp>

namespace berth::container {

struct CreateRequest {
    std::string name;  ///< empty: one is made up
    std::string image; ///< reference, id or prefix
    spec::ConfigMap config;
    std::uint32_t owner_uid = 0;
};

/// What will be made. References to other containers and networks are resolved to ids.
struct Prepared {
    std::string name;
    spec::ContainerSpec spec;
    std::optional<LayerId> image_layer;
    std::string storage_driver;
    std::uint32_t owner_uid = 0;
    std::vector<NetworkConfig> networks; ///< to be joined, in order
    std::vector<std::string> warnings;
};

struct Created {
    store::ContainerRecord record;
    std::vector<std::string> warnings;
};

/// NoSuchImage, Exists (name), InvalidArgument. A default network that does not exist yet is
/// planned and recorded.
[[nodiscard]] Prepared prepare(Engine& engine, const CreateRequest& request);

/// `start_intent`: the record says from its first moment that it is being started; for run.
[[nodiscard]] Created create(Engine& engine, const Prepared& prepared, bool start_intent = false);

} // namespace berth::container
