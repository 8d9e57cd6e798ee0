// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether this kernel and this directory can hold overlay layers, in words.
#pragma once

#include <string>

#include <berth/plugin.hpp>

namespace berth::overlay {

[[nodiscard]] Probe probe(const std::string& state_dir);

} // namespace berth::overlay
