// SPDX-License-Identifier: LGPL-2.1-or-later
// From what a client asked (ConfigMap) and what the image says (ImageConfig) to the ContainerSpec,
// by docker's rules of merging. Pure: references to other containers stay as typed and are resolved
// by container/create. InvalidArgument names the flag, the value and what is expected.
#pragma once

#include <string>
#include <vector>

#include <spec/config_map.hpp>
#include <spec/container_spec.hpp>
#include <spec/image_config.hpp>

namespace berth::spec {

struct BuiltSpec {
    ContainerSpec spec;
    std::vector<std::string> warnings;
};

/// The whole configuration; unknown keys are refused.
[[nodiscard]] BuiltSpec build_container_spec(const ConfigMap& config, const ImageConfig& image);

/// What `update` may change: limits and the restart policy.
void update_container_spec(ContainerSpec& spec, const ConfigMap& config);

} // namespace berth::spec
