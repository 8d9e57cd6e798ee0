// SPDX-License-Identifier: LGPL-2.1-or-later
// Removes what nothing uses. Blocking.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <container/engine.hpp>

namespace berth::daemon {

struct PruneRequest {
    bool containers = false;
    bool images = false;
    bool networks = false;
    bool volumes = false;
    bool all = false;              ///< also images with a name
    store::Usec until = INT64_MAX; ///< only what was made before
    /// "key" or "key=value"; all must be there.
    std::vector<std::string> labels;
};
/// `kinds`: "containers", "images", "volumes", "networks"; options all:b, filters:as of
/// "until=SECONDS SINCE THE EPOCH" and "label=KEY[=VALUE]". InvalidArgument.
[[nodiscard]] PruneRequest parse_prune(const std::vector<std::string>& kinds, bool all,
                                       const std::vector<std::string>& filters);

struct Pruned {
    std::vector<std::string> removed; ///< ids and names
    std::uint64_t reclaimed = 0;      ///< bytes
};
[[nodiscard]] Pruned prune(container::Engine& engine, const PruneRequest& request);

} // namespace berth::daemon
