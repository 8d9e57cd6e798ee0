// SPDX-License-Identifier: LGPL-2.1-or-later
#include "host_ports.hpp"

#include <algorithm>

#include <netinet/in.h>
#include <sys/socket.h>

#include <base/fd.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <spec/port_syntax.hpp>

namespace berth::container {

namespace {

/// A socket bound to a port the kernel chose; as long as it is open, the port is not chosen again.
struct Reservation {
    base::Fd socket;
    std::uint16_t port = 0;
};

Reservation reserve(PortProtocol protocol) {
    // The kernel's stream and datagram ports are separate; SCTP may be missing, TCP stands for it.
    const int type = protocol == PortProtocol::Udp ? SOCK_DGRAM : SOCK_STREAM;
    base::Fd socket(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    if (!socket) throw_errno("cannot make a socket to find a free port");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), generic, length) < 0 ||
        ::getsockname(socket.get(), generic, &length) < 0) {
        throw Error(ErrorCode::Exhausted, "no free port is left on the host");
    }
    return {std::move(socket), ntohs(address.sin_port)};
}

void add_exposed(const spec::ContainerSpec& spec, std::vector<PublishedPort>& ports) {
    for (const auto& name : spec.exposed) {
        const bool published = std::any_of(ports.begin(), ports.end(), [&](const auto& port) {
            return spec::port_name(port) == name;
        });
        if (!published) ports.push_back(spec::parse_publish(name).front());
    }
}

} // namespace

std::vector<PublishedPort> choose_host_ports(const spec::ContainerSpec& spec) {
    std::vector<PublishedPort> ports = spec.ports;
    if (spec.publish_all) add_exposed(spec, ports);
    std::vector<Reservation> reservations;
    for (auto& port : ports) {
        if (port.host_port != 0) continue;
        reservations.push_back(reserve(port.protocol));
        port.host_port = reservations.back().port;
    }
    return ports;
}

} // namespace berth::container
