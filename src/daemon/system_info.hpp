// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth runs on and how it is set up, for `berth info`. Blocking, reading only.
#pragma once

#include <bus/value.hpp>
#include <container/engine.hpp>

namespace berth::daemon {

[[nodiscard]] bus::Dict system_info(container::Engine& engine);

} // namespace berth::daemon
