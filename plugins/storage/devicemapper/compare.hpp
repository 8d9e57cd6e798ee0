// SPDX-License-Identifier: LGPL-2.1-or-later
// What a snapshot's tree changes against its origin's, by a walk over the metadata of both: a file
// that kept its inode, birth and change time is the same, whatever its content, and is not read.
#pragma once

#include "../tar/diff.hpp"

#include <optional>

#include <base/dir.hpp>

namespace berth::devicemapper {

/// Without an origin everything is new.
[[nodiscard]] tar::TreeChanges compare_trees(const std::optional<base::Dir>& origin,
                                             const base::Dir& tree);

/// Whether the root directories differ in mode, owner or time.
[[nodiscard]] bool roots_differ(const std::optional<base::Dir>& origin, const base::Dir& tree);

} // namespace berth::devicemapper
