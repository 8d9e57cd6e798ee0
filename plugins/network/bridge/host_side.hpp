// SPDX-License-Identifier: LGPL-2.1-or-later
// A network in the host: its bridge, and its place in the packet filter. Made by the first attach,
// found complete by every later one. Processes that make or remove networks hold one lock; those
// that find everything in place take none.
#pragma once

#include <string>

#include <bridge/settings.hpp>
#include <netlink/link.hpp>
#include <netlink/nft_table.hpp>
#include <netlink/socket.hpp>

#include <berth/network.hpp>

namespace berth::bridge {

/// The kernel as the plugin speaks to it, in the host's network namespace.
struct Kernel {
    netlink::Socket route;
    netlink::Socket netfilter;
    static Kernel open();
};

class HostSide {
  public:
    /// `runtime_dir` holds the lock.
    HostSide(Kernel& kernel, const Settings& settings, std::string runtime_dir);

    /// The network's bridge, made with all that belongs to it unless it is complete.
    [[nodiscard]] netlink::Link ensure(const NetworkConfig& network);
    /// Puts the rules and every part of the network in place again, complete or not.
    void restore(const NetworkConfig& network);
    /// Takes the network out of the kernel; with the last one, the table and the forwarding.
    void remove(const NetworkConfig& network);

    /// Is the network's bridge there, complete and known to the rules.
    [[nodiscard]] bool complete(const NetworkConfig& network);

  private:
    [[nodiscard]] std::optional<netlink::Link> ready(const NetworkConfig& network);
    netlink::Link make(const NetworkConfig& network);
    netlink::Link bridge_of(const NetworkConfig& network);
    void enter_rules(const NetworkConfig& network);

    Kernel& kernel_;
    const Settings& settings_;
    std::string runtime_dir_;
};

/// Removes the elements of a set that name the interface.
void remove_from_set(netlink::Socket& netfilter, netlink::NftTransaction& transaction,
                     const char* set, const std::string& interface);

/// An exclusive flock(2) on RUNTIME_DIR/lock while it lives.
class Lock {
  public:
    explicit Lock(const std::string& runtime_dir);

  private:
    base::Fd fd_;
};

} // namespace berth::bridge
