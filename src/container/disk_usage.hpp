// SPDX-License-Identifier: LGPL-2.1-or-later
// What takes room on disk, counted as du(1) does: allocated blocks, hard links once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <container/engine.hpp>

namespace berth::container {

struct UsageRow {
    std::string type; ///< "images", "containers", "volumes"
    std::string name; ///< of a single thing; empty: the sum of its type
    std::uint64_t count = 0;
    std::uint64_t active = 0; ///< images that containers use, containers that run, volumes in use
    std::uint64_t size = 0;   ///< bytes
    std::uint64_t reclaimable = 0;
};

/// Images are their layers and blobs, each counted once; containers their writable layers and
/// directories. `verbose`: a row for each thing too (an image's row has all its layers, shared or
/// not).
[[nodiscard]] std::vector<UsageRow> disk_usage(Engine& engine, bool verbose);

/// Allocated bytes of a tree; 0 when it is not there.
[[nodiscard]] std::uint64_t tree_size(const std::string& path);

} // namespace berth::container
