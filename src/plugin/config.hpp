// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the engine's directories are, and its berth.toml as read from disk. The environment
// (BERTH_PLUGIN_DIR, BERTH_STATE_DIR, BERTH_RUNTIME_DIR, BERTH_CONFIG_DIR) overrides the built-in
// paths for tests and private installations; a set-user-ID or otherwise privileged-by-exec process
// ignores it (secure_getenv(3)).
#pragma once

#include <string>

#include <spec/engine_config.hpp>

namespace berth::plugin {

[[nodiscard]] std::string plugin_dir();
[[nodiscard]] std::string state_dir();
[[nodiscard]] std::string runtime_dir();
[[nodiscard]] std::string config_dir();

/// CONFIG_DIR/berth.toml; the defaults when there is none. Read and parsed at the first call in a
/// process, which throws berth::Error for a file that is wrong; later calls cost nothing.
[[nodiscard]] const spec::EngineConfig& engine_config();

} // namespace berth::plugin
