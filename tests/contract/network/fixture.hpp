// SPDX-License-Identifier: LGPL-2.1-or-later
// Every test has a host of its own: a fresh network namespace with an uplink to a LAN, in which the
// plugin works as it does in the real one.
//
//     lan  10.9.0.2, fd99::2  ---- up0  host  10.9.0.1, fd99::1  ---- berth0, br-*  ---- containers
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <tests/contract/network/namespaces.hpp>
#include <tests/support/scratch_dir.hpp>

#include <berth/network.hpp>

namespace berth::test {

inline constexpr const char* kHost4 = "10.9.0.1";
inline constexpr const char* kHost6 = "fd99::1";
inline constexpr const char* kLan4 = "10.9.0.2";
inline constexpr const char* kLan6 = "fd99::2";

/// A container in a network: its namespace and what was leased to it.
struct Guest {
    Netns netns;
    Endpoint endpoint;
    std::string v4; ///< without the length
    std::string v6;
};

class NetworkTest : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;
    void TearDown() override;

    /// Opens the plugin again, with this berth.toml.
    void configure(const std::string& toml);
    /// A network of the plugin's own planning, beside those made before.
    NetworkConfig make_network(const std::string& name);
    NetworkConfig make_network(NetworkConfig wanted);
    /// Leases the next addresses of the network.
    Guest make_guest(const NetworkConfig& network, const std::string& name,
                     std::vector<PublishedPort> ports = {});
    Attached attach(const NetworkConfig& network, const Guest& guest);
    /// make_guest() and attach().
    Guest start(const NetworkConfig& network, const std::string& name,
                std::vector<PublishedPort> ports = {});

    [[nodiscard]] bool has_addresses() const { return network().traits().addresses; }
    [[nodiscard]] Network& network() const { return *plugin_; }
    [[nodiscard]] const Netns& host() const { return *host_; }
    [[nodiscard]] const Netns& lan() const { return *lan_; }
    /// Links, addresses, routes, neighbours, rules and forwarding of the host, one a line, as its
    /// own tools print them; without what the kernel does by itself (link-local addresses).
    using State = std::vector<std::string>;
    [[nodiscard]] State state_of_host() const;
    /// The lines that came and went since; empty when none did.
    [[nodiscard]] std::string changes_since(const State& before) const;

  private:
    std::unique_ptr<ScratchDir> scratch_;
    std::unique_ptr<Netns> machine_;
    std::unique_ptr<Netns> host_;
    std::unique_ptr<Netns> lan_;
    std::unique_ptr<Network> plugin_;
    std::vector<NetworkConfig> networks_;
    unsigned guests_ = 0;
};

/// Skips unless the plugin gives containers addresses.
#define NEEDS_ADDRESSES()                                                                          \
    if (!has_addresses()) GTEST_SKIP() << "network '" << GetParam() << "' gives no addresses"

[[nodiscard]] NetworkId network_id(const std::string& name);
[[nodiscard]] PublishedPort tcp(std::uint16_t host, std::uint16_t container,
                                const std::string& address = "");
[[nodiscard]] PublishedPort udp(std::uint16_t host, std::uint16_t container,
                                const std::string& address = "");

} // namespace berth::test
