// SPDX-License-Identifier: LGPL-2.1-or-later
// What a snapshot's tree changes against its origin's, by a walk over the metadata of both: a file
// that kept its inode, birth and change time is the same, whatever its content, and is not read.
#pragma once

#include "../tar/diff.hpp"

#include <cstdint>
#include <functional>
#include <optional>

#include <base/dir.hpp>

namespace berth::devicemapper {

/// Whether the inode of this number may differ between the two.
using MayDiffer = std::function<bool(std::uint64_t inode)>;

/// Without an origin everything is new. What lies in a directory that is the same and can't differ
/// is not looked at.
[[nodiscard]] tar::TreeChanges compare_trees(const std::optional<base::Dir>& origin,
                                             const base::Dir& tree, const MayDiffer& may_differ);

/// Whether the root directories differ in mode, owner or time.
[[nodiscard]] bool roots_differ(const std::optional<base::Dir>& origin, const base::Dir& tree);

} // namespace berth::devicemapper
