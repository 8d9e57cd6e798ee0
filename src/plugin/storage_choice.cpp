// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storage_choice.hpp"

#include <array>

#include <base/log.hpp>
#include <berth/error.hpp>
#include <plugin/config.hpp>
#include <plugin/loader.hpp>

namespace berth::plugin {

namespace {

constexpr const char* kAuto = "auto";
constexpr std::array kAutomatic{"overlay", "devicemapper"};

bool can_run(const std::string& name) {
    try {
        return load_storage(name)->probe().usable;
    } catch (const Error& error) {
        log::debug("storage plugin %s: %s", name.c_str(), error.what());
        return false;
    }
}

std::string choose() {
    const auto& named = engine_config().storage.driver;
    if (named != kAuto) return named;
    for (const char* name : kAutomatic) {
        if (can_run(name)) return name;
    }
    return kAutomatic.front();
}

} // namespace

const std::string& storage_driver() {
    static const std::string driver = choose();
    return driver;
}

spec::EngineConfig settled_config() {
    spec::EngineConfig config = engine_config();
    config.storage.driver = storage_driver();
    return config;
}

void require_named_storage() {
    const auto& named = engine_config().storage.driver;
    if (named == kAuto) return;
    const Probe found = load_storage(named)->probe();
    if (found.usable) return;
    throw Error(ErrorCode::Unsupported, "storage.driver = \"" + named + "\" in " + config_dir() +
                                            "/berth.toml can't be used: " + found.reason);
}

} // namespace berth::plugin
