// SPDX-License-Identifier: LGPL-2.1-or-later
#include "berth_config.hpp"
#include "overlay.hpp"

#include <base/json_view.hpp>
#include <berth/plugin.hpp>

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Storage,
    .name = "overlay",
    .version = BERTH_VERSION,
    .description = "layers as directories shown as one by the kernel's overlayfs",
    .create_storage = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Storage> {
        berth::base::check_settings(host.config_json, "storage.overlay", {});
        return std::make_unique<berth::overlay::Overlay>(host);
    },
    .create_network = nullptr,
    .create_registry = nullptr,
};
