// SPDX-License-Identifier: LGPL-2.1-or-later
// The network plugin `bridge`: containers on a bridge of the host, with addresses of their own,
// behind the host's address. README.md has the promises.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <bridge/settings.hpp>

#include <berth/network.hpp>

namespace berth::bridge {

class Bridge final : public Network {
  public:
    explicit Bridge(const PluginHost& host);

    [[nodiscard]] Probe probe() override;
    [[nodiscard]] NetworkTraits traits() const override;
    [[nodiscard]] NetworkConfig plan(const NetworkConfig& wanted,
                                     const std::vector<NetworkConfig>& taken) override;
    void remove(const NetworkConfig& network) override;
    [[nodiscard]] Attached attach(const NetworkConfig& network, const Endpoint& endpoint,
                                  int netns_fd) override;
    void detach(const NetworkConfig& network, const Endpoint& endpoint) override;
    [[nodiscard]] std::vector<std::string>
    reconcile(const std::vector<NetworkConfig>& networks,
              const std::vector<std::pair<NetworkId, Endpoint>>& endpoints, bool repair) override;

  private:
    Settings settings_;
    std::string runtime_dir_;
};

} // namespace berth::bridge
