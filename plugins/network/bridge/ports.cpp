// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ports.hpp"

#include <algorithm>
#include <optional>

#include <bridge/names.hpp>
#include <bridge/ruleset.hpp>
#include <netinet/in.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

std::uint8_t number_of(PortProtocol protocol) {
    switch (protocol) {
    case PortProtocol::Tcp:
        return IPPROTO_TCP;
    case PortProtocol::Udp:
        return IPPROTO_UDP;
    case PortProtocol::Sctp:
        return IPPROTO_SCTP;
    }
    return 0;
}

const char* name_of(PortProtocol protocol) {
    switch (protocol) {
    case PortProtocol::Tcp:
        return "tcp";
    case PortProtocol::Udp:
        return "udp";
    case PortProtocol::Sctp:
        return "sctp";
    }
    return "unknown";
}

std::string port_key(std::uint16_t port) {
    return {static_cast<char>(port >> 8U), static_cast<char>(port & 0xffU), 0, 0};
}

std::string protocol_key(PortProtocol protocol) {
    return {static_cast<char>(number_of(protocol)), 0, 0, 0};
}

struct Target {
    std::optional<base::IpAddress> v4;
    std::optional<base::IpAddress> v6;
};

Target target_of(const Endpoint& endpoint) {
    Target target;
    for (const auto& text : endpoint.addresses) {
        const auto prefix = base::IpPrefix::parse(text);
        if (!prefix) continue;
        (prefix->address.is_v6() ? target.v6 : target.v4) = prefix->address;
    }
    return target;
}

PortElement element_for(const PublishedPort& port, const std::optional<base::IpAddress>& host,
                        const base::IpAddress& to, const std::string& holder) {
    const bool v6 = to.is_v6();
    PortElement made{};
    made.map = host ? (v6 ? kPortsOn6 : kPortsOn4) : (v6 ? kPorts6 : kPorts4);
    if (host) made.element.key = host->bytes();
    made.element.key += protocol_key(port.protocol) + port_key(port.host_port);
    made.element.data = std::string(to.bytes()) + port_key(port.container_port);
    made.element.comment = holder;
    made.text = port_text(port);
    return made;
}

[[noreturn]] void refuse(const PublishedPort& port, const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, "cannot publish port " + port_text(port) + ": " + why);
}

void add_elements(const PublishedPort& port, const Target& target, const std::string& holder,
                  std::vector<PortElement>& elements) {
    if (port.host_port == 0 || port.container_port == 0) refuse(port, "port 0 is no port");
    std::optional<base::IpAddress> host;
    if (!port.host_address.empty()) {
        host = base::IpAddress::parse(port.host_address);
        if (!host) refuse(port, "'" + port.host_address + "' is not an IP address");
        // The kernel drops answers to ::1 that come in by any interface but lo; there is no
        // route_localnet for IPv6.
        if (host->is_v6() && host->is_loopback()) {
            refuse(port, "IPv6 loopback can't be translated by the kernel; publish on 127.0.0.1 or "
                         "on an address of the host");
        }
    }
    const bool want4 = !host || !host->is_v6();
    const bool want6 = !host || host->is_v6();
    if (host && host->is_unspecified()) host.reset(); // "0.0.0.0", "::": every one of its family
    const std::size_t before = elements.size();
    if (want4 && target.v4) elements.push_back(element_for(port, host, *target.v4, holder));
    if (want6 && target.v6) elements.push_back(element_for(port, host, *target.v6, holder));
    if (elements.size() == before) refuse(port, "the container has no address of its family");
}

std::string holder_name(const std::string& comment) {
    const std::size_t space = comment.find(' ');
    return space == std::string::npos ? comment : comment.substr(space + 1);
}

/// Takes what dead containers left in the way out; throws Busy for what a living one holds.
void clear_the_way(netlink::Socket& route, netlink::Socket& netfilter,
                   const std::vector<PortElement>& wanted) {
    netlink::NftTransaction transaction(kTable);
    for (const auto& [map, element, text] : wanted) {
        const auto there = netlink::find_element(netfilter, kTable, map, element.key);
        if (!there || there->data == element.data) continue;
        const std::string interface = there->comment.substr(0, there->comment.find(' '));
        const bool own = interface == element.comment.substr(0, element.comment.find(' '));
        if (!own && !interface.empty() && netlink::find_link(route, interface)) {
            throw Error(ErrorCode::Busy, "cannot publish port " + text + ": container '" +
                                             holder_name(there->comment) + "' has it");
        }
        transaction.remove_element(map, *there);
    }
    if (!transaction.empty()) transaction.commit(netfilter, "cannot remove stale published ports");
}

} // namespace

std::string port_text(const PublishedPort& port) {
    const bool v6 = port.host_address.find(':') != std::string::npos;
    const std::string address = v6 ? "[" + port.host_address + "]" : port.host_address;
    return (address.empty() ? "" : base::printable(address) + ":") +
           std::to_string(port.host_port) + "/" + name_of(port.protocol);
}

std::vector<PortElement> port_elements(const Endpoint& endpoint, const std::string& holder) {
    const Target target = target_of(endpoint);
    std::vector<PortElement> elements;
    for (const auto& port : endpoint.ports)
        add_elements(port, target, holder, elements);
    return elements;
}

void publish(netlink::Socket& route, netlink::Socket& netfilter,
             const std::vector<PortElement>& elements) {
    if (elements.empty()) return;
    netlink::NftTransaction transaction(kTable);
    for (const auto& [map, element, text] : elements)
        transaction.add_element(map, element);
    const auto failure = transaction.attempt(netfilter);
    if (!failure) return;
    if (failure->sys_errno != EEXIST && failure->sys_errno != EBUSY) {
        netlink::throw_failure("cannot publish ports", *failure);
    }
    clear_the_way(route, netfilter, elements);
    transaction.commit(netfilter, "cannot publish ports");
}

void unpublish(netlink::Socket& netfilter, const std::vector<PortElement>& elements) {
    netlink::NftTransaction transaction(kTable);
    for (const auto& [map, element, text] : elements) {
        const auto there = netlink::find_element(netfilter, kTable, map, element.key);
        if (there && there->data == element.data) transaction.remove_element(map, element);
    }
    if (transaction.empty()) return;
    const auto failure = transaction.attempt(netfilter);
    if (failure && failure->sys_errno != ENOENT) {
        netlink::throw_failure("cannot withdraw published ports", *failure);
    }
}

} // namespace berth::bridge
