// SPDX-License-Identifier: LGPL-2.1-or-later
#include "aufs.hpp"
#include "berth_config.hpp"

#include <base/json_view.hpp>
#include <berth/plugin.hpp>

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Storage,
    .name = "aufs",
    .version = BERTH_VERSION,
    .description = "layers as directories shown as one by aufs",
    .create_storage = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Storage> {
        berth::base::check_settings(host.config_json, "storage.aufs", {});
        return std::make_unique<berth::aufs::Aufs>(host);
    },
    .create_network = nullptr,
    .create_registry = nullptr,
};
