// SPDX-License-Identifier: LGPL-2.1-or-later
// The network plugin `none`: a network namespace with nothing but its loopback interface.
#include <memory>
#include <utility>
#include <vector>

#include <linux/netlink.h>
#include <netlink/link.hpp>
#include <netlink/netns.hpp>
#include <sys/socket.h>

#include <base/json_view.hpp>
#include <berth/network.hpp>
#include <berth/plugin.hpp>

namespace berth::none {

namespace {

void bring_up_loopback(int netns_fd) {
    const netlink::InNetns inside(netns_fd);
    netlink::Socket route = netlink::Socket::open(NETLINK_ROUTE);
    netlink::Link loopback;
    loopback.index = 1; // the first interface of every namespace
    loopback.name = "lo";
    netlink::change_link(route, loopback, {.up = true});
}

class None final : public Network {
  public:
    explicit None(const PluginHost& host) {
        base::check_settings(host.config_json, "network.none", {"publish-scope", "address-pools"});
    }

    [[nodiscard]] Probe probe() override { return {true, ""}; }
    [[nodiscard]] NetworkTraits traits() const override { return {NetnsMode::Own, false, false}; }

    [[nodiscard]] NetworkConfig plan(const NetworkConfig& wanted,
                                     const std::vector<NetworkConfig>& /*taken*/) override {
        if (!wanted.subnets.empty() || !wanted.options.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "network driver 'none' takes no subnet and no option: it has nothing but "
                        "loopback");
        }
        NetworkConfig network = wanted;
        network.interface.clear();
        return network;
    }
    void remove(const NetworkConfig& /*network*/) override {}

    [[nodiscard]] Attached attach(const NetworkConfig& network, const Endpoint& endpoint,
                                  int netns_fd) override {
        if (!endpoint.ports.empty() || !endpoint.addresses.empty() || !endpoint.mac.empty()) {
            throw Error(ErrorCode::InvalidArgument,
                        "container '" + endpoint.container_name + "' is in network '" +
                            network.name +
                            "' of driver 'none', where it can have no address and "
                            "publish no port");
        }
        bring_up_loopback(netns_fd);
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

} // namespace berth::none

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;

const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Network,
    .name = "none",
    .version = "1.0",
    .description = "a network of nothing but loopback",
    .create_storage = nullptr,
    .create_network = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Network> {
        return std::make_unique<berth::none::None>(host);
    },
    .create_registry = nullptr,
};
