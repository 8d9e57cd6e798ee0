// SPDX-License-Identifier: LGPL-2.1-or-later
// Which storage plugin new layers go to.
#pragma once

#include <string>

#include <spec/engine_config.hpp>

namespace berth::plugin {

/// The one that berth.toml names (storage.driver), else the first of overlay and devicemapper that
/// this machine can run; overlay if it can run neither, so that its reason is told by whatever
/// needs it. Asked once a process.
[[nodiscard]] const std::string& storage_driver();

/// engine_config() with the choice made.
[[nodiscard]] spec::EngineConfig settled_config();

/// Unsupported, with the plugin's own words, when berth.toml names one that this machine can't run.
void require_named_storage();

} // namespace berth::plugin
