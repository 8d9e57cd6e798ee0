// SPDX-License-Identifier: LGPL-2.1-or-later
// A server for a test: a child process that prints its port, or is polled until it listens; ended
// with the test.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include <base/fd.hpp>

namespace berth::test {

class Server {
  public:
    Server() = default;
    /// Starts the program and reads the port it prints.
    explicit Server(const std::vector<std::string>& command) { start(command, true); }
    /// Starts it and waits until something listens on `port`.
    Server(const std::vector<std::string>& command, int port);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    [[nodiscard]] int port() const noexcept { return port_; }
    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }

  private:
    void start(const std::vector<std::string>& command, bool prints_port);

    pid_t pid_ = -1;
    int port_ = 0;
    base::Fd input_;
};

/// A port of the loopback that nothing listens on now.
[[nodiscard]] int free_port();

} // namespace berth::test
