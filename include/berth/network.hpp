// SPDX-License-Identifier: LGPL-2.1-or-later
// The network interface: networks on the host, and containers' network namespaces attached to them.
//
// A network is created once and kept by the engine as a NetworkConfig; what it needs in the kernel
// (a bridge, rules) is made by the first attach and after a reboot alike, idempotently. attach()
// and detach() run as root in the host's network namespace, in the container's own start and stop
// helpers, several at once. Addresses are leased by the engine and handed in. Every function throws
// berth::Error and, when it throws, has undone what it did.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <berth/id.hpp>
#include <berth/plugin.hpp>

namespace berth {

/// One address range of a network, in CIDR form with its gateway: "172.20.0.0/16", "172.20.0.1".
struct Subnet {
    std::string cidr;
    std::string gateway;
    std::string range; ///< addresses for containers come from here; empty: all of cidr
    bool operator==(const Subnet&) const = default;
};

/// A network as the engine records it.
struct NetworkConfig {
    NetworkId id;
    std::string name;            ///< chosen by the user
    std::string driver;          ///< the plugin's name
    std::vector<Subnet> subnets; ///< none for drivers without addresses (host, none)
    bool internal = false;       ///< no way out
    std::string interface;       ///< of the host, e.g. "berth0"; chosen by create()
    std::vector<std::pair<std::string, std::string>> options; ///< driver's own (-o KEY=VALUE)
};

enum class PortProtocol { Tcp, Udp, Sctp };

/// A port of a container that is reached by one of the host.
struct PublishedPort {
    std::string host_address;         ///< "192.0.2.1", "2001:db8::1"; empty: every one of the host
    std::uint16_t host_port = 0;      ///< 1 to 65535: free ones have been chosen by the engine
    std::uint16_t container_port = 0; ///< 1 to 65535
    PortProtocol protocol = PortProtocol::Tcp;
    bool operator==(const PublishedPort&) const = default;
};

/// A container's place in a network, leased by the engine.
struct Endpoint {
    ContainerId container;
    std::string container_name;
    std::string interface = "eth0"; ///< its name inside the container
    std::vector<std::string>
        addresses;   ///< with prefix length, "172.20.0.2/16"; at most one a subnet
    std::string mac; ///< "02:42:ac:14:00:02"; empty: derived from the IPv4 address
    std::vector<PublishedPort> ports;
};

/// What attach() made, for `inspect`.
struct Attached {
    std::vector<std::string> addresses; ///< with prefix length, as in Endpoint
    std::vector<std::string> gateways;  ///< without; one for each kind of address that has one
    std::string mac;                    ///< of the container's interface; empty if there is none
    std::string host_interface;         ///< the host's end, empty if there is none
};

/// Which network namespace a container of this driver gets.
enum class NetnsMode {
    Own,  ///< a new one (bridge, none)
    Host, ///< the host's
};

/// What the engine may expect of a driver.
struct NetworkTraits {
    NetnsMode netns = NetnsMode::Own;
    bool addresses = false; ///< the engine leases addresses for its endpoints
    bool ports = false;     ///< PublishedPort works
};

/// The plugin's object. Everything but probe() and traits() may be called by several processes at
/// once, also for one network.
class Network {
  public:
    Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    virtual ~Network() = default;

    /// Can this kernel do it; never throws for a no.
    [[nodiscard]] virtual Probe probe() = 0;
    /// The same at every call.
    [[nodiscard]] virtual NetworkTraits traits() const = 0;

    /// Completes a configuration: picks subnets free of every route and of `taken`, gateways, the
    /// host interface's name; validates what the user chose. Changes nothing in the kernel.
    /// InvalidArgument for a wish or an option that makes no sense, Exhausted when no range is
    /// free.
    [[nodiscard]] virtual NetworkConfig plan(const NetworkConfig& wanted,
                                             const std::vector<NetworkConfig>& taken) = 0;
    /// Takes the network's traces out of the kernel; harmless when there are none.
    virtual void remove(const NetworkConfig& network) = 0;

    /// Gives the namespace behind `netns_fd` its interface, addresses, routes and published ports;
    /// makes the network itself first if the kernel does not have it. Loopback is brought up.
    /// Exists or Busy when an address or port is taken on the host.
    [[nodiscard]] virtual Attached attach(const NetworkConfig& network, const Endpoint& endpoint,
                                          int netns_fd) = 0;
    /// Takes away what attach() made on the host; harmless when it is gone. Needs no namespace: the
    /// container's may have ended.
    virtual void detach(const NetworkConfig& network, const Endpoint& endpoint) = 0;

    /// Makes the kernel agree with the records: what is missing is put back, what belongs to no
    /// endpoint is removed. `networks` are all of this driver, `endpoints` those of containers that
    /// run. Returns what differed, a sentence each; changes nothing unless `repair`.
    [[nodiscard]] virtual std::vector<std::string>
    reconcile(const std::vector<NetworkConfig>& networks,
              const std::vector<std::pair<NetworkId, Endpoint>>& endpoints, bool repair) = 0;
};

} // namespace berth
