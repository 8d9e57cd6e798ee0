// SPDX-License-Identifier: LGPL-2.1-or-later
// The network plugin `host`: containers share the network namespace of the host. There is nothing
// to make and nothing to take away.
#include <memory>
#include <utility>
#include <vector>

#include <base/json_view.hpp>
#include <berth/network.hpp>
#include <berth/plugin.hpp>

namespace berth::host {

namespace {

class Host final : public Network {
  public:
    explicit Host(const PluginHost& host) {
        base::check_settings(host.config_json, "network.host", {"publish-scope", "address-pools"});
    }

    [[nodiscard]] Probe probe() override { return {true, ""}; }
    [[nodiscard]] NetworkTraits traits() const override { return {NetnsMode::Host, false, false}; }

    [[nodiscard]] NetworkConfig plan(const NetworkConfig& wanted,
                                     const std::vector<NetworkConfig>& /*taken*/) override {
        if (!wanted.subnets.empty() || wanted.internal || !wanted.options.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "network driver 'host' takes no subnet and no option: it is the host's "
                        "own network");
        }
        NetworkConfig network = wanted;
        network.interface.clear();
        return network;
    }
    void remove(const NetworkConfig& /*network*/) override {}

    [[nodiscard]] Attached attach(const NetworkConfig& network, const Endpoint& endpoint,
                                  int /*netns_fd*/) override {
        if (!endpoint.ports.empty() || !endpoint.addresses.empty() || !endpoint.mac.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "container '" + endpoint.container_name + "' is in network '" +
                            network.name +
                            "' of driver 'host': it has the host's addresses, and "
                            "publishes no ports because its own are the host's");
        }
        return {};
    }
    void detach(const NetworkConfig& /*network*/, const Endpoint& /*endpoint*/) override {}

    [[nodiscard]] std::vector<std::string>
    reconcile(const std::vector<NetworkConfig>& /*networks*/,
              const std::vector<std::pair<NetworkId, Endpoint>>& /*endpoints*/,
              bool /*repair*/) override {
        return {};
    }
};

} // namespace

} // namespace berth::host

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;

const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Network,
    .name = "host",
    .version = "1.0",
    .description = "containers share the host's network",
    .create_storage = nullptr,
    .create_network = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Network> {
        return std::make_unique<berth::host::Host>(host);
    },
    .create_registry = nullptr,
};
