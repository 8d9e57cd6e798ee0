// SPDX-License-Identifier: LGPL-2.1-or-later
// What no image and no container needs any more goes from the disk. While a job makes images it
// stands on layers and blobs that no record names yet, so collecting waits for its end. Blocking;
// called with Engine::lock_images() held.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <container/engine.hpp>

namespace berth::daemon {

/// Removes layers that nothing stands on; returns their chain ids as digests. One that can't be
/// removed is logged and tried again the next time.
std::vector<std::string> collect_layers(container::Engine& engine);
/// Removes blobs that belong to no image; returns how many bytes that freed.
std::uint64_t collect_blobs(container::Engine& engine);
} // namespace berth::daemon
