// SPDX-License-Identifier: LGPL-2.1-or-later
#include "berth_config.hpp"
#include "devicemapper.hpp"

#include <berth/plugin.hpp>

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Storage,
    .name = "devicemapper",
    .version = BERTH_VERSION,
    .description = "layers as snapshots in a thin pool",
    .create_storage = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Storage> {
        return std::make_unique<berth::devicemapper::Devicemapper>(host);
    },
    .create_network = nullptr,
    .create_registry = nullptr,
};
