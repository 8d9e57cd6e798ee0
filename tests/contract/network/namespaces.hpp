// SPDX-License-Identifier: LGPL-2.1-or-later
// Network namespaces, programs and programs' talk in them. Nothing here touches the network of the
// machine the tests run on.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <base/fd.hpp>
#include <base/ip.hpp>

namespace berth::test {

/// A network namespace that lives as long as this.
class Netns {
  public:
    Netns();
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// The namespace the calling thread is in.
    static Netns current();

  private:
    explicit Netns(base::Fd fd) : fd_(std::move(fd)) {}
    base::Fd fd_;
};

/// Runs a program in a namespace; its standard output. Throws when it fails.
std::string run_in(const Netns& where, const std::vector<std::string>& command);

/// One end of a pair of interfaces: where, called what, with which addresses ("10.9.0.1/24").
struct CableEnd {
    const Netns& where;
    std::string name;
    std::vector<std::string> addresses;
};
void lay_cable(const CableEnd& one, const CableEnd& other);

enum class Transport { Tcp, Udp };

/// Answers on a port in a namespace, IPv4 and IPv6, TCP and UDP: with the asker's address as it
/// sees it.
class EchoServer {
  public:
    EchoServer(const Netns& where, std::uint16_t port);
    ~EchoServer();
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

  private:
    void serve();

    base::Fd tcp_;
    base::Fd udp_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

/// Asks the server at an address; its answer. "refused" or "no answer" when there is none.
std::string ask(const Netns& from, Transport transport, const std::string& address,
                std::uint16_t port, int timeout_ms = 5000);

/// For what must not arrive: how long to wait before believing it.
inline constexpr int kSilence = 300;

} // namespace berth::test
