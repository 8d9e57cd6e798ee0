// SPDX-License-Identifier: LGPL-2.1-or-later
// Parts of docker's JSON of a container. Internal to inspect.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <container/list.hpp>
#include <spec/bundle_network.hpp>

namespace berth::container {

[[nodiscard]] nlohmann::json inspect_config(const store::ContainerRecord& record,
                                            const spec::ContainerSpec& spec);
[[nodiscard]] nlohmann::json inspect_host_config(const store::ContainerRecord& record,
                                                 const spec::ContainerSpec& spec);
[[nodiscard]] nlohmann::json inspect_mounts(const spec::ContainerSpec& spec);
[[nodiscard]] nlohmann::json inspect_network_settings(const store::ContainerRecord& record,
                                                      const spec::ContainerSpec& spec,
                                                      const spec::BundleNetwork& network,
                                                      bool running);

} // namespace berth::container
