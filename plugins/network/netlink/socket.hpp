// SPDX-License-Identifier: LGPL-2.1-or-later
// A netlink socket: requests with their answer, dumps, and nf_tables transactions. It belongs to
// the network namespace it was opened in, wherever the thread goes later. Failures carry the
// kernel's errno and the text of its extended acknowledgement (linux/netlink.h, NLMSGERR_ATTR_MSG).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <libmnl/libmnl.h>
#include <netlink/message.hpp>

#include <base/fd.hpp>

namespace berth::netlink {

/// Why the kernel said no.
struct Failure {
    int sys_errno = 0;
    std::string text;           ///< the extended acknowledgement's, may be empty
    std::uint32_t sequence = 0; ///< of the message it answers

    /// "Operation not permitted (text)".
    [[nodiscard]] std::string str() const;
};

/// Throws "WHAT: str()".
[[noreturn]] void throw_failure(const std::string& what, const Failure& failure);

class Socket {
  public:
    /// NETLINK_ROUTE or NETLINK_NETFILTER, in the thread's current network namespace.
    static Socket open(int protocol);

    /// Sends one request and waits for its acknowledgement; empty when it succeeded.
    [[nodiscard]] std::optional<Failure> attempt(Message& message);
    /// The same, throwing "WHAT: why".
    void request(Message& message, const std::string& what);

    /// Sends one request and hands over each message of the answer, of a dump or a single one.
    /// Starts again when the kernel says that the dump was interrupted by a change: `restart` is
    /// called before each beginning.
    [[nodiscard]] std::optional<Failure> query(
        Message& message, const std::function<void(const nlmsghdr*)>& take,
        const std::function<void()>& restart = [] {});

    /// Sends a batch whose messages ask for no acknowledgement, as one datagram; the kernel handles
    /// it before the call returns. The first failure it reported.
    [[nodiscard]] std::optional<Failure> transact(std::string_view batch);

  private:
    explicit Socket(base::Fd fd);
    void send(const void* bytes, std::size_t size);
    [[nodiscard]] std::size_t receive(int flags);

    base::Fd fd_;
    std::uint32_t sequence_ = 0;
    std::vector<char> buffer_;
};

} // namespace berth::netlink
