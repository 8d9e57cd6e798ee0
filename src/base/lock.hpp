// SPDX-License-Identifier: LGPL-2.1-or-later
// flock(2) on a file or directory: held as long as the descriptor and its copies are open.
#pragma once

#include <string>

#include <base/fd.hpp>

namespace berth::base {

enum class LockKind { Shared, Exclusive };

/// Opens what is there at `path` (one berth chose itself) and waits for the lock on it.
[[nodiscard]] Fd lock_path(const std::string& path, LockKind kind);

} // namespace berth::base
