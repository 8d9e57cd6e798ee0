// SPDX-License-Identifier: LGPL-2.1-or-later
// Compares records, what is on disk and what PID 1 runs; and what is done about the differences.
#pragma once

#include <vector>

#include <berth/storage.hpp>
#include <container/engine.hpp>

namespace berth::container {

/// Everything that is wrong: the database, the storage plugin's own view, layers, blobs and
/// directories without a record and records without those, containers without unit or the reverse,
/// networks. With `repair`, what can be mended is. While a job makes images their layers and blobs
/// are left alone.
[[nodiscard]] std::vector<Finding> check(Engine& engine, bool repair);

/// At the daemon's start: what a crash, a kill or a power cut left is taken away, runs that nobody
/// saw end are recorded as ended, --rm containers that have ended are removed. Quick: nothing is
/// read but names. What it did is logged.
void sweep(Engine& engine);

} // namespace berth::container
