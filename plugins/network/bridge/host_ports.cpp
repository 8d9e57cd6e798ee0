// SPDX-License-Identifier: LGPL-2.1-or-later
// Is a port of the host free? Asked by binding it for a moment; who has it is looked up in /proc
// only when it is not.
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include <bridge/ports.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <base/dir.hpp>
#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr std::uint64_t kProcLimit = 64U << 20U;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress socket_address(const base::IpAddress& address, std::uint16_t port) {
    SocketAddress result;
    if (address.is_v6()) {
        auto& in6 = reinterpret_cast<sockaddr_in6&>(result.storage);
        in6.sin6_family = AF_INET6;
        in6.sin6_port = htons(port);
        std::memcpy(&in6.sin6_addr, address.bytes().data(), sizeof in6.sin6_addr);
        result.size = sizeof in6;
    } else {
        auto& in4 = reinterpret_cast<sockaddr_in&>(result.storage);
        in4.sin_family = AF_INET;
        in4.sin_port = htons(port);
        std::memcpy(&in4.sin_addr, address.bytes().data(), sizeof in4.sin_addr);
        result.size = sizeof in4;
    }
    return result;
}

base::Fd open_socket(int family, PortProtocol protocol) {
    const int type = protocol == PortProtocol::Udp ? SOCK_DGRAM : SOCK_STREAM;
    const int number = protocol == PortProtocol::Sctp ? IPPROTO_SCTP : 0;
    return base::Fd(::socket(family, type | SOCK_CLOEXEC, number));
}

/// 0 when it is free, or the errno of bind(2). A kernel without the protocol has it free.
int try_bind(const base::IpAddress& address, const PublishedPort& port) {
    const base::Fd fd = open_socket(address.family(), port.protocol);
    if (!fd) return 0;
    const int on = 1;
    if (address.is_v6()) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    // Connections of a program that has ended do not count; its listening socket would.
    if (port.protocol != PortProtocol::Udp) {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    const SocketAddress where = socket_address(address, port.host_port);
    const auto* name = reinterpret_cast<const sockaddr*>(&where.storage);
    return ::bind(fd.get(), name, where.size) == 0 ? 0 : errno;
}

/// The inode of the socket that has the port, out of one table of /proc/net.
std::optional<std::string> inode_in(const std::string& table, const PublishedPort& port) {
    std::array<char, 8> wanted{};
    std::snprintf(wanted.data(), wanted.size(), ":%04X", port.host_port);
    const char* state = port.protocol == PortProtocol::Udp ? "07" : "0A";
    for (const auto& line : base::split(base::read_file("/proc/net/" + table, kProcLimit), '\n')) {
        std::vector<std::string> fields;
        for (auto& field : base::split(line, ' ')) {
            if (!field.empty()) fields.push_back(std::move(field));
        }
        if (fields.size() < 10 || fields[3] != state) continue;
        if (fields[1].size() > 5 && fields[1].substr(fields[1].size() - 5) == wanted.data()) {
            return fields[9];
        }
    }
    return std::nullopt;
}

bool has_socket(const std::string& pid, const std::string& link) {
    const std::string folder = "/proc/" + pid + "/fd";
    for (const auto& name : base::Dir::open(folder).list()) {
        std::array<char, 64> target{};
        const std::string path = folder + "/" + name;
        if (::readlink(path.c_str(), target.data(), target.size() - 1) > 0 &&
            link == target.data()) {
            return true;
        }
    }
    return false;
}

std::string process_with(const std::string& inode) {
    const std::string link = "socket:[" + inode + "]";
    for (const auto& pid : base::Dir::open("/proc").list()) {
        if (!base::parse_number(pid)) continue;
        try {
            if (!has_socket(pid, link)) continue;
            const std::string name = base::read_file("/proc/" + pid + "/comm", 4096);
            return "'" + base::printable(base::trim(name)) + "' (process " + pid + ")";
        } catch (const Error&) {
            continue; // it has ended meanwhile
        }
    }
    return "a program of the host";
}

std::string holder_of(const PublishedPort& port) {
    const std::string table = port.protocol == PortProtocol::Udp ? "udp" : "tcp";
    if (port.protocol == PortProtocol::Sctp) return "a program of the host";
    for (const auto* suffix : {"", "6"}) {
        try {
            if (const auto inode = inode_in(table + suffix, port)) return process_with(*inode);
        } catch (const Error&) {
            continue; // no IPv6 here
        }
    }
    return "a program of the host";
}

void check_one(const PublishedPort& port, const base::IpAddress& address) {
    const int failure = try_bind(address, port);
    if (failure == 0) return;
    const std::string what = "cannot publish port " + port_text(port);
    if (failure == EADDRINUSE) {
        throw Error(ErrorCode::Busy, what + ": " + holder_of(port) + " has it", failure);
    }
    if (failure == EADDRNOTAVAIL && !port.host_address.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    what + ": the host has no address " + port.host_address, failure);
    }
    if (failure == EADDRNOTAVAIL || failure == EAFNOSUPPORT) return; // no IPv6 here
    throw_errno(what, failure);
}

} // namespace

void check_host_ports(const std::vector<PublishedPort>& ports) {
    for (const auto& port : ports) {
        if (const auto address = base::IpAddress::parse(port.host_address)) {
            check_one(port, *address);
            continue;
        }
        check_one(port, *base::IpAddress::parse("0.0.0.0"));
        check_one(port, *base::IpAddress::parse("::"));
    }
}

} // namespace berth::bridge
