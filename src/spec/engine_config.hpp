// SPDX-License-Identifier: LGPL-2.1-or-later
// berth.toml, the engine's own settings, as values. Pure: text in, values out; who reads the file
// is plugin/config.hpp. Strict: an unknown key, a wrong type or a value out of range is an error
// that names file, line and column. Format: TOML 1.0; the keys are described in berth.toml(5).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth::spec {

struct StorageSettings {
    std::string driver = "auto"; ///< the plugin that keeps layers; "auto": the first that works
};

/// Who may reach a published port that names no host address.
enum class PublishScope {
    All,   ///< everybody who reaches the host
    Lan,   ///< the host itself and the networks it is directly connected to
    Local, ///< the host itself
};

struct NetworkSettings {
    std::string default_network = "bridge"; ///< joined when a container names none
    PublishScope publish_scope = PublishScope::All;
    std::vector<std::string> address_pools; ///< CIDR; empty: the plugin's own choice
};

struct RegistrySettings {
    std::vector<std::string> insecure; ///< "host:port" that may be spoken to without TLS
    std::map<std::string, std::vector<std::string>> mirrors; ///< host -> hosts tried before it
};

struct EngineConfig {
    StorageSettings storage;
    NetworkSettings network;
    RegistrySettings registry;
    /// What a plugin gets as PluginHost::config_json, by kind ("storage") and name ("overlay"): its
    /// table [KIND.NAME] and beside it the settings of [KIND] that concern every plugin
    /// ("publish-scope", "address-pools", "insecure", "mirrors"), where its table has none of its
    /// own. Ask plugin_json(), which knows plugins that have no table.
    std::map<std::pair<std::string, std::string>, std::string> plugin_tables;
    std::map<std::string, std::string> kind_tables; ///< the second part alone, by kind

    [[nodiscard]] std::string plugin_json(const std::string& kind, const std::string& name) const;
};

/// The largest berth.toml that is read.
inline constexpr std::size_t kEngineConfigLimit = 256 * 1024;

/// Parses berth.toml; `path` is for messages. InvalidArgument says "PATH:LINE:COLUMN: why".
[[nodiscard]] EngineConfig parse_engine_config(std::string_view text, const std::string& path);

} // namespace berth::spec
