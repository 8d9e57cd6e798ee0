// SPDX-License-Identifier: LGPL-2.1-or-later
// Network interfaces by rtnetlink: bridges, veth pairs, and what is changed on them.
// Source: rtnetlink(7), linux/if_link.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <netlink/socket.hpp>

namespace berth::netlink {

using Mac = std::array<std::uint8_t, 6>;

[[nodiscard]] std::string mac_text(const Mac& mac); ///< "02:62:ac:1e:00:02"
/// Six pairs of hexadecimal digits joined by ':'; empty for a text of another form.
[[nodiscard]] std::optional<Mac> parse_mac(const std::string& text);

struct Link {
    int index = 0;
    std::string name;
    std::string kind; ///< "bridge", "veth"...; empty for hardware and loopback
    std::string alias;
    Mac mac{};
    std::uint32_t mtu = 0;
    int master = 0; ///< index of the bridge it is a port of, 0: none
    bool up = false;
    bool running = false; ///< up, with a carrier, and sending
    bool loopback = false;
    bool forwards = false; ///< a bridge port in the forwarding state
    bool orphaned = false; ///< its peer's namespace is gone: the kernel is removing it
};

/// Empty when there is none of that name.
[[nodiscard]] std::optional<Link> find_link(Socket& route, const std::string& name);
[[nodiscard]] std::vector<Link> list_links(Socket& route);

/// Exists when the name is taken.
void make_bridge(Socket& route, const std::string& name, const Mac& mac, std::uint32_t mtu);

struct VethPair {
    std::string name;
    Mac mac{};
    int master = 0; ///< index of the bridge this end becomes a port of
    std::string peer_name;
    Mac peer_mac{};
    int peer_netns_fd = -1; ///< the peer is made in this namespace
    std::uint32_t mtu = 0;
};
/// Makes the pair with both ends in their places, the near end up. Exists when a name is taken.
void make_veth(Socket& route, const VethPair& pair);

struct LinkChange {
    std::optional<bool> up;
    std::optional<std::uint32_t> mtu;
    std::optional<std::string> alias;
    std::optional<bool> isolated;      ///< of a bridge port: reaches no other isolated port
    std::optional<bool> hairpin;       ///< of a bridge port: may send back what came from it
    std::optional<bool> call_ip_hooks; ///< of a bridge: IP rules see what is bridged, if the kernel
                                       ///< has br_netfilter, whatever the host's settings are
    bool no_ipv6_address = false;      ///< the kernel gives it no link-local address
};
void change_link(Socket& route, const Link& link, const LinkChange& change);

/// Removes it; harmless when it is gone.
void remove_link(Socket& route, const std::string& name);

} // namespace berth::netlink
