// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugin_set.hpp"

#include <plugin/loader.hpp>

namespace berth::container {

Storage& PluginSet::storage(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& plugin = storages_[name];
    if (!plugin) plugin = open_storage(name);
    return *plugin;
}

Network& PluginSet::network(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& plugin = networks_[name];
    if (!plugin) plugin = open_network(name);
    return *plugin;
}

std::unique_ptr<Storage> PluginSet::open_storage(const std::string& name) {
    return plugin::load_storage(name);
}

std::unique_ptr<Network> PluginSet::open_network(const std::string& name) {
    return plugin::load_network(name);
}

} // namespace berth::container
