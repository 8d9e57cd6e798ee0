// SPDX-License-Identifier: LGPL-2.1-or-later
#include "changes.hpp"

#include "plan.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/xattr.h>

#include <base/mount.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

struct stat root_status(const Layers& layers, const LayerId& id) {
    struct stat status {};
    if (::fstat(layers.open_diff(id).fd(), &status) < 0) throw_errno("cannot stat a layer");
    return status;
}

/// The parent's tree, open; held by the descriptor alone. None for a lowest layer.
std::optional<base::Dir> open_parent(const Layers& layers, const LayerId& id) {
    const auto parent = layers.parent(id);
    if (!parent) return std::nullopt;
    const auto plan = make_plan(layers, *parent, layers.ancestors(*parent), true);
    return base::Dir(base::open_mounted(plan, layers.state_dir()));
}

/// Not through links: a path below what is a link in the parent is new.
bool is_there(const std::optional<base::Dir>& parent, const base::WalkEntry& entry) {
    if (!parent) return false;
    const auto fd = parent->find_file(entry.path, O_PATH | O_NOFOLLOW);
    if (!fd) return false;
    struct stat status {};
    return ::fstat(fd->get(), &status) == 0;
}

bool is_deletion(const struct stat& status) {
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

} // namespace

std::vector<Change> find_changes(const Layers& layers, const LayerId& id) {
    const auto diff = layers.open_diff(id);
    const auto parent = open_parent(layers, id);
    std::vector<Change> changes;
    base::walk_tree(diff.fd(), [&](const base::WalkEntry& entry) {
        const bool there = is_there(parent, entry);
        if (is_deletion(entry.status)) {
            // What was made and removed again in this layer is no change.
            if (there) changes.push_back({ChangeKind::Deleted, "/" + entry.path});
            return false;
        }
        changes.push_back({there ? ChangeKind::Modified : ChangeKind::Added, "/" + entry.path});
        return true;
    });
    std::sort(changes.begin(), changes.end(),
              [](const Change& left, const Change& right) { return left.path < right.path; });
    return changes;
}

bool has_own_root(const Layers& layers, const LayerId& id) {
    const auto diff = layers.open_diff(id);
    if (::fgetxattr(diff.fd(), kInheritRoot, nullptr, 0) >= 0) return false;
    const auto parent = layers.parent(id);
    if (!parent) return true;
    layers.settle_root(*parent);
    const auto mine = root_status(layers, id);
    const auto below = root_status(layers, *parent);
    return mine.st_mode != below.st_mode || mine.st_uid != below.st_uid ||
           mine.st_gid != below.st_gid || mine.st_mtim.tv_sec != below.st_mtim.tv_sec ||
           mine.st_mtim.tv_nsec != below.st_mtim.tv_nsec;
}

} // namespace berth::overlay
