// SPDX-License-Identifier: LGPL-2.1-or-later
// Comparing the kernel with the engine's records, and mending it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <bridge/host_side.hpp>
#include <bridge/ports.hpp>

#include <berth/network.hpp>

namespace berth::bridge {

struct Records {
    const std::vector<NetworkConfig>& networks;
    const std::vector<std::pair<NetworkId, Endpoint>>& endpoints; ///< of running containers
};

class Reconciler {
  public:
    Reconciler(Kernel& kernel, HostSide& host, const Records& records);

    /// A sentence for each difference; mended in the order found if `repair`.
    [[nodiscard]] std::vector<std::string> run(bool repair);

  private:
    struct Difference {
        std::string text;
        std::function<void()> mend;
    };

    void look_at_networks();
    void look_at_links();
    void look_at_ports();
    void look_at_sets();
    void look_at_uplinks();
    void stale_ports(const std::vector<PortElement>& wanted);
    void add(std::string text, std::function<void()> mend);
    [[nodiscard]] const NetworkConfig* network_of(const std::string& id) const;
    [[nodiscard]] bool has_endpoint(const std::string& network, const std::string& container) const;
    [[nodiscard]] bool in_use(const NetworkConfig& network) const;

    Kernel& kernel_;
    HostSide& host_;
    Records records_;
    std::vector<Difference> differences_;
};

} // namespace berth::bridge
