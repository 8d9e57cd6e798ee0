// SPDX-License-Identifier: LGPL-2.1-or-later
#include "usage.hpp"

#include <set>
#include <utility>

#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::tar {

Usage measure(int root) {
    struct stat status {};
    if (::fstat(root, &status) < 0) throw_errno("cannot stat the root of a layer");
    Usage usage{static_cast<std::uint64_t>(status.st_blocks) * 512, 1};
    std::set<std::pair<dev_t, ino_t>> seen;
    base::walk_tree(root, [&](const base::WalkEntry& entry) {
        const auto& file = entry.status;
        const bool shared = !S_ISDIR(file.st_mode) && file.st_nlink > 1;
        if (!shared || seen.emplace(file.st_dev, file.st_ino).second) {
            usage.bytes += static_cast<std::uint64_t>(file.st_blocks) * 512;
            ++usage.inodes;
        }
        return true;
    });
    return usage;
}

} // namespace berth::tar
