// SPDX-License-Identifier: LGPL-2.1-or-later
// What a client asks of a container, as it came over the bus: keys with docker-flag strings, not
// yet parsed. The daemon fills it from a message; container_config.hpp makes a ContainerSpec of it.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace berth::spec {

using ConfigValue =
    std::variant<bool, std::string, std::vector<std::string>, std::map<std::string, std::string>>;
using ConfigMap = std::map<std::string, ConfigValue>;

} // namespace berth::spec
