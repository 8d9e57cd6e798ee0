// SPDX-License-Identifier: LGPL-2.1-or-later
#include "changes.hpp"

#include "branch_view.hpp"

#include <algorithm>

#include <base/walk.hpp>

namespace berth::layers {

std::vector<Change> find_changes(const Branches& branches, const LayerId& id,
                                 const tar::Marks& marks) {
    const auto diff = branches.open_diff(id);
    BranchView below(branches, branches.ancestors(id), marks);
    std::vector<Change> changes;
    base::walk_tree(diff.fd(), [&](const base::WalkEntry& entry) {
        const auto mark = marks.read(entry.name, entry.status);
        if (mark.kind == tar::Mark::Kind::Own) return false;
        const std::string dir = entry.path.substr(0, entry.path.size() - entry.name.size());
        const std::string path = dir + mark.name;
        const bool there = below.has(path);
        if (mark.kind == tar::Mark::Kind::Deletion) {
            // What was made and removed again in this layer is no change.
            if (there) changes.push_back({ChangeKind::Deleted, "/" + path});
            return false;
        }
        changes.push_back({there ? ChangeKind::Modified : ChangeKind::Added, "/" + path});
        return true;
    });
    std::sort(changes.begin(), changes.end(),
              [](const Change& left, const Change& right) { return left.path < right.path; });
    return changes;
}

} // namespace berth::layers
