// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config.hpp"

#include <cstdlib>

#include <berth_config.hpp>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::plugin {

namespace {

std::string directory(const char* variable, const char* built_in) {
    const char* value = ::secure_getenv(variable);
    return value != nullptr && value[0] == '/' ? value : built_in;
}

spec::EngineConfig read_engine_config() {
    const std::string path = config_dir() + "/berth.toml";
    try {
        return spec::parse_engine_config(base::read_file(path, spec::kEngineConfigLimit), path);
    } catch (const Error& error) {
        if (error.sys_errno() == ENOENT) return {};
        throw;
    }
}

} // namespace

std::string plugin_dir() {
    return directory("BERTH_PLUGIN_DIR", BERTH_PLUGIN_DIR);
}
std::string state_dir() {
    return directory("BERTH_STATE_DIR", BERTH_STATE_DIR);
}
std::string runtime_dir() {
    return directory("BERTH_RUNTIME_DIR", BERTH_RUNTIME_DIR);
}
std::string config_dir() {
    return directory("BERTH_CONFIG_DIR", BERTH_CONFIG_DIR);
}

const spec::EngineConfig& engine_config() {
    static const spec::EngineConfig config = read_engine_config();
    return config;
}

} // namespace berth::plugin
