// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds, checks and opens plugins: PLUGINDIR/{storage,network,registry}/NAME.so. A plugin is
// refused with a reason, never half loaded: its file must be root's and writable by root alone
// (where root loads it), and its descriptor must fit field by field (berth/plugin.hpp). Libraries
// stay loaded until the process ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <berth/network.hpp>
#include <berth/plugin.hpp>
#include <berth/registry.hpp>
#include <berth/storage.hpp>
#include <spec/engine_config.hpp>

namespace berth::plugin {

/// "storage", "network" or "registry": the name of the kind's directory and table.
[[nodiscard]] const char* kind_name(PluginKind kind) noexcept;

/// A file in a plugin directory, fit or not.
struct PluginInfo {
    PluginKind kind = PluginKind::Storage;
    std::string name; ///< the file's base name
    std::string version;
    std::string description;
    std::string path;
    bool usable = false;
    std::string problem; ///< why it is not usable, empty if it is
};

enum class Depth {
    Descriptor, ///< is the file a plugin that fits this berth
    Probe,      ///< and can this kernel run it: its probe() is asked too
};

/// Every .so of the three directories, ordered by kind and name. Never throws for a bad one.
[[nodiscard]] std::vector<PluginInfo> list_plugins(Depth depth = Depth::Descriptor);

/// Open a plugin by name and make its object, with its directories made and its configuration read.
/// NotFound: no such plugin; InvalidArgument: a name that can't be one; Unsupported: refused.
[[nodiscard]] std::unique_ptr<Storage> load_storage(const std::string& name);
[[nodiscard]] std::unique_ptr<Network> load_network(const std::string& name);
[[nodiscard]] std::unique_ptr<Registry> load_registry(const std::string& name);

/// With settings other than the machine's berth.toml.
[[nodiscard]] std::unique_ptr<Network> load_network(const std::string& name,
                                                    const spec::EngineConfig& config);

} // namespace berth::plugin
