// SPDX-License-Identifier: LGPL-2.1-or-later
#include "namespaces.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netlink/address.hpp>
#include <netlink/link.hpp>
#include <netlink/netns.hpp>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::test {

namespace {

base::Fd current_namespace() {
    base::Fd fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open the network namespace");
    return fd;
}

struct Peer {
    sockaddr_in6 address{};
    socklen_t size = sizeof(sockaddr_in6);
};

std::string text_of(const Peer& peer) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &peer.address.sin6_addr, text.data(), text.size());
    const std::string full = text.data();
    return full.rfind("::ffff:", 0) == 0 ? full.substr(7) : full;
}

sockaddr* cast(Peer& peer) {
    return reinterpret_cast<sockaddr*>(&peer.address);
}

base::Fd listener(int type, std::uint16_t port) {
    base::Fd fd(::socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int off = 0;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    Peer any;
    any.address.sin6_family = AF_INET6;
    any.address.sin6_port = htons(port);
    if (::bind(fd.get(), cast(any), any.size) < 0) throw_errno("cannot bind the echo server");
    if (type == SOCK_STREAM && ::listen(fd.get(), 128) < 0) throw_errno("cannot listen");
    return fd;
}

bool ready(int fd, short events, int timeout_ms) {
    pollfd entry{fd, events, 0};
    return ::poll(&entry, 1, timeout_ms) == 1;
}

Peer peer_for(const std::string& text, std::uint16_t port) {
    const auto address = base::IpAddress::parse(text);
    if (!address) throw std::invalid_argument("no address: " + text);
    Peer peer;
    if (address->is_v6()) {
        peer.address.sin6_family = AF_INET6;
        peer.address.sin6_port = htons(port);
        std::memcpy(&peer.address.sin6_addr, address->bytes().data(), 16);
    } else {
        auto& in4 = reinterpret_cast<sockaddr_in&>(peer.address);
        in4.sin_family = AF_INET;
        in4.sin_port = htons(port);
        std::memcpy(&in4.sin_addr, address->bytes().data(), 4);
        peer.size = sizeof in4;
    }
    return peer;
}

std::string read_answer(int fd, int timeout_ms) {
    if (!ready(fd, POLLIN, timeout_ms)) return "no answer";
    std::array<char, 128> answer{};
    const ssize_t size = ::recv(fd, answer.data(), answer.size(), 0);
    if (size < 0) return errno == ECONNREFUSED ? "refused" : "no answer";
    return {answer.data(), static_cast<std::size_t>(size)};
}

} // namespace

Netns::Netns() {
    const base::Fd before = current_namespace();
    if (::unshare(CLONE_NEWNET) < 0) throw_errno("cannot make a network namespace");
    fd_ = current_namespace();
    if (::setns(before.get(), CLONE_NEWNET) < 0) throw_errno("cannot go back");
}

Netns Netns::current() {
    return Netns(current_namespace());
}

std::string run_in(const Netns& where, const std::vector<std::string>& command) {
    base::Pipe pipe = base::make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        std::vector<char*> arguments;
        for (const auto& word : command)
            arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        if (::setns(where.fd(), CLONE_NEWNET) == 0 && ::dup2(pipe.write.get(), 1) == 1) {
            ::execvp(arguments[0], arguments.data());
        }
        ::_exit(127);
    }
    pipe.write.reset();
    std::string output = base::read_all(pipe.read.get(), 64U << 20U, command[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) {
        std::string line;
        for (const auto& word : command)
            line += word + " ";
        throw std::runtime_error(line + "failed: " + output);
    }
    return output;
}

void lay_cable(const CableEnd& one, const CableEnd& other) {
    const auto mac = [](std::uint8_t last) {
        static std::uint8_t cable = 0;
        return netlink::Mac{0x02, 0x99, 0, 0, ++cable, last};
    };
    {
        const netlink::InNetns inside(one.where.fd());
        auto route = netlink::Socket::open(NETLINK_ROUTE);
        netlink::make_veth(route,
                           {one.name, mac(1), 0, other.name, mac(2), other.where.fd(), 1500});
    }
    for (const CableEnd* end : {&one, &other}) {
        const netlink::InNetns inside(end->where.fd());
        auto route = netlink::Socket::open(NETLINK_ROUTE);
        const auto link = netlink::find_link(route, end->name).value();
        netlink::Link loopback;
        loopback.index = 1;
        netlink::change_link(route, loopback, {.up = true});
        for (const auto& text : end->addresses) {
            netlink::add_address(route, link.index, base::IpPrefix::parse(text).value());
        }
        netlink::change_link(route, link, {.up = true});
    }
}

EchoServer::EchoServer(const Netns& where, std::uint16_t port) {
    const netlink::InNetns inside(where.fd());
    tcp_ = listener(SOCK_STREAM, port);
    udp_ = listener(SOCK_DGRAM, port);
    thread_ = std::thread([this] { serve(); });
}

EchoServer::~EchoServer() {
    stop_ = true;
    thread_.join();
}

void EchoServer::serve() {
    while (!stop_) {
        std::array<pollfd, 2> waiting{pollfd{tcp_.get(), POLLIN, 0}, pollfd{udp_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), 20) <= 0) continue;
        Peer peer;
        const base::Fd connection(::accept4(tcp_.get(), cast(peer), &peer.size, SOCK_CLOEXEC));
        if (connection) {
            const std::string text = text_of(peer);
            ::send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
        }
        std::array<char, 128> question{};
        peer = {};
        if (::recvfrom(udp_.get(), question.data(), question.size(), 0, cast(peer), &peer.size) >=
            0) {
            const std::string text = text_of(peer);
            ::sendto(udp_.get(), text.data(), text.size(), 0, cast(peer), peer.size);
        }
    }
}

std::string ask(const Netns& from, Transport transport, const std::string& address,
                std::uint16_t port, int timeout_ms) {
    const netlink::InNetns inside(from.fd());
    Peer peer = peer_for(address, port);
    const int type = transport == Transport::Tcp ? SOCK_STREAM : SOCK_DGRAM;
    const base::Fd fd(::socket(peer.address.sin6_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) throw_errno("cannot open a socket");
    if (::connect(fd.get(), cast(peer), peer.size) < 0 && errno != EINPROGRESS) {
        return errno == ECONNREFUSED ? "refused" : "no answer";
    }
    if (transport == Transport::Tcp) {
        if (!ready(fd.get(), POLLOUT, timeout_ms)) return "no answer";
        int failure = 0;
        socklen_t size = sizeof failure;
        ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failure, &size);
        if (failure != 0) return failure == ECONNREFUSED ? "refused" : "no answer";
    } else if (::send(fd.get(), "?", 1, 0) < 0) {
        return "no answer";
    }
    return read_answer(fd.get(), timeout_ms);
}

} // namespace berth::test
