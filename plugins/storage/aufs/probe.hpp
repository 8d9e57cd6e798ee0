// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether this kernel and this directory can hold aufs layers, in words.
#pragma once

#include <string>

#include <berth/plugin.hpp>

namespace berth::aufs {

[[nodiscard]] Probe probe(const std::string& state_dir);

} // namespace berth::aufs
