// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether this machine can keep layers in a thin pool, in words.
#pragma once

#include "settings.hpp"

#include <berth/plugin.hpp>

namespace berth::devicemapper {

[[nodiscard]] Probe probe(const Settings& settings);

} // namespace berth::devicemapper
