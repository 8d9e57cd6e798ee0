// SPDX-License-Identifier: LGPL-2.1-or-later
#include "host_ports.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <spec/port_syntax.hpp>

namespace berth::container {

namespace {

// Where the kernel takes ports for outgoing connections from, as docker does.
constexpr std::uint16_t kFirst = 32768;
constexpr std::uint16_t kLast = 60999;
constexpr std::size_t kTableLimit = 64U << 20U;

std::uint16_t choose(PortProtocol protocol, const UsedPorts& used) {
    static thread_local std::mt19937 random{std::random_device{}()};
    constexpr unsigned kCount = kLast - kFirst + 1;
    const unsigned start = std::uniform_int_distribution<unsigned>(0, kCount - 1)(random);
    for (unsigned step = 0; step < kCount; ++step) {
        const auto port = static_cast<std::uint16_t>(kFirst + (start + step) % kCount);
        if (!used.contains({protocol, port})) return port;
    }
    throw Error(ErrorCode::Exhausted, "no free port is left on the host");
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

bool needs_host_ports(const spec::ContainerSpec& spec) {
    return spec.publish_all || std::any_of(spec.ports.begin(), spec.ports.end(),
                                           [](const auto& port) { return port.host_port == 0; });
}

std::vector<PublishedPort> choose_host_ports(const spec::ContainerSpec& spec, UsedPorts used) {
    std::vector<PublishedPort> ports = spec.ports;
    if (spec.publish_all) add_exposed(spec, ports);
    for (auto& port : ports) {
        if (port.host_port == 0) port.host_port = choose(port.protocol, used);
        used.emplace(port.protocol, port.host_port);
    }
    return ports;
}

void add_bound_ports(const std::string& text, PortProtocol protocol, UsedPorts& used) {
    // "  0: 0100007F:1F90 00000000:0000 0A ...": the second word ends in the port, hexadecimal.
    for (const auto& line : base::split(text, '\n')) {
        std::vector<std::string> words = base::split(line, ' ');
        std::erase(words, "");
        if (words.size() < 3) continue;
        const std::size_t colon = words[1].rfind(':');
        if (colon == std::string::npos || words[1].size() != colon + 5) continue;
        char* end = nullptr;
        const std::string digits = words[1].substr(colon + 1);
        const unsigned long port = std::strtoul(digits.c_str(), &end, 16);
        if (*end == '\0') used.emplace(protocol, static_cast<std::uint16_t>(port));
    }
}

UsedPorts bound_ports() {
    UsedPorts used;
    for (const auto& [path, protocol] : {std::pair{"/proc/net/tcp", PortProtocol::Tcp},
                                         {"/proc/net/tcp6", PortProtocol::Tcp},
                                         {"/proc/net/udp", PortProtocol::Udp},
                                         {"/proc/net/udp6", PortProtocol::Udp}}) {
        try {
            add_bound_ports(base::read_file(path, kTableLimit), protocol, used);
        } catch (const Error&) {
            continue; // a kernel without IPv6
        }
    }
    return used;
}

} // namespace berth::container
