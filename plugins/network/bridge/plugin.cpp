// SPDX-License-Identifier: LGPL-2.1-or-later
#include <bridge/bridge.hpp>

#include <berth/plugin.hpp>

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;

const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Network,
    .name = "bridge",
    .version = "1.0",
    .description = "containers on a bridge of the host, with published ports by nftables",
    .create_storage = nullptr,
    .create_network = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Network> {
        return std::make_unique<berth::bridge::Bridge>(host);
    },
    .create_registry = nullptr,
};
