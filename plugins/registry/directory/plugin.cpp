// SPDX-License-Identifier: LGPL-2.1-or-later
// The registry plugin `directory`: an OCI image layout on this machine, no server needed.
#include "session.hpp"

#include <memory>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <berth/plugin.hpp>
#include <berth/registry.hpp>

namespace berth::directory {

namespace {

class Directory final : public Registry {
  public:
    explicit Directory(const PluginHost& host) {
        // What [registry] says for every plugin concerns hosts, of which there are none here.
        base::check_settings(host.config_json, "registry.directory", {"insecure", "mirrors"});
    }

    Probe probe() override { return {.usable = true, .reason = ""}; }

    std::unique_ptr<RegistrySession> open(const RegistryTarget& target) override {
        return std::make_unique<Session>(target);
    }

    std::vector<SearchResult> search(const RegistryTarget& target, const std::string& term,
                                     unsigned limit) override {
        std::vector<SearchResult> found;
        for (const auto& tag : Session(target).list_tags()) {
            if (found.size() < limit && tag.find(term) != std::string::npos) {
                found.push_back({.name = target.host + ":" + tag});
            }
        }
        return found;
    }

    RegistryCredentials login(const RegistryTarget& target) override {
        throw Error(ErrorCode::Unsupported,
                    "'" + target.host + "' is a directory: its files' owners decide who may read");
    }
};

} // namespace

} // namespace berth::directory

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Registry,
    .name = "directory",
    .version = "1.0",
    .description = "OCI image layouts on disk",
    .create_storage = nullptr,
    .create_network = nullptr,
    .create_registry = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Registry> {
        return std::make_unique<berth::directory::Directory>(host);
    },
};
