// SPDX-License-Identifier: LGPL-2.1-or-later
// The options of a mount in a bundle, sorted into what the kernel calls them.
// Source: OCI runtime-spec, config.md "Linux mount options"; mount_setattr(2).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace berth::run {

struct MountOptions {
    std::uint64_t set = 0; ///< MOUNT_ATTR_*
    std::uint64_t clear = 0;
    std::uint64_t recursive_set = 0; ///< of the mounts below as well (rro, rnosuid, ...)
    std::uint64_t recursive_clear = 0;
    std::uint64_t propagation = 0; ///< MS_PRIVATE, ...; 0: not said
    bool propagation_recursive = false;
    bool bind = false;
    bool bind_recursive = false;
    bool remount = false; ///< nothing new: what is there gets these attributes
    bool copy_up = false; ///< tmpcopyup: a tmpfs first gets what lay there
    bool idmap = false;
    bool idmap_recursive = false;
    std::vector<std::pair<std::string, std::string>> data; ///< for the file system
};

[[nodiscard]] MountOptions parse_mount_options(const std::vector<std::string>& options);
/// The names of all options berth knows that are not a file system's own, for `features`.
[[nodiscard]] std::vector<std::string> known_mount_options();

} // namespace berth::run
