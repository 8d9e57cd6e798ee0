// SPDX-License-Identifier: LGPL-2.1-or-later
// The registry plugin `distribution`: Docker Registry v2 and OCI distribution over HTTPS.
#include "search.hpp"
#include "session.hpp"

#include <algorithm>
#include <memory>

#include <base/strings.hpp>
#include <berth/plugin.hpp>
#include <berth/registry.hpp>

namespace berth::distribution {

namespace {

/// A host becomes part of an address and of a path.
void check_host(const std::string& host) {
    const bool fine = !host.empty() && host.size() <= 255 && host[0] != '.' &&
                      std::all_of(host.begin(), host.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
                                 c == '[' || c == ']';
                      });
    if (!fine) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(host.substr(0, 80)) + "' is no registry's host");
    }
}

class Distribution final : public Registry {
  public:
    explicit Distribution(const PluginHost& host) : settings_(parse_settings(host.config_json)) {}

    Probe probe() override { return {.usable = true, .reason = ""}; }

    std::unique_ptr<RegistrySession> open(const RegistryTarget& target) override {
        check_host(target.host);
        return std::make_unique<Session>(settings_, knowledge_, target);
    }

    std::vector<SearchResult> search(const RegistryTarget& target, const std::string& term,
                                     unsigned limit) override {
        check_host(target.host);
        return distribution::search(settings_, knowledge_, target, term, limit);
    }

    RegistryCredentials login(const RegistryTarget& target) override {
        check_host(target.host);
        if (!target.credentials) {
            throw Error(ErrorCode::InvalidArgument, "a login needs a user name and a secret");
        }
        Client client(settings_, knowledge_, target.host, target.credentials, "");
        const HttpResponse response = client.ask(HttpRequest{}, "/v2/");
        if (!response.ok()) throw_status(response, client.subject("login"));
        return *target.credentials;
    }

  private:
    Settings settings_;
    Knowledge knowledge_;
};

} // namespace

} // namespace berth::distribution

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Registry,
    .name = "distribution",
    .version = "1.0",
    .description = "registries that speak Docker Registry v2 or OCI distribution",
    .create_storage = nullptr,
    .create_network = nullptr,
    .create_registry = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Registry> {
        return std::make_unique<berth::distribution::Distribution>(host);
    },
};
