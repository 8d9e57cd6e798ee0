// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <berth/storage.hpp>

namespace berth::tar {

/// What a directory and all below it take on disk, as `du` counts: allocated blocks, each file once
/// however many names it has.
[[nodiscard]] Usage measure(int root);

} // namespace berth::tar
