// SPDX-License-Identifier: LGPL-2.1-or-later
// A server and a client connected by a socket pair: objects are tried without a broker. The server
// answers on the calling thread, in turn(), so a test decides when.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <sys/socket.h>

#include <base/fd.hpp>
#include <bus/connection.hpp>

namespace berth::testing {

class Pair {
  public:
    Pair() : Pair(base::make_socket_pair(SOCK_STREAM)) {}

    bus::Connection server;
    bus::Connection client;

    /// Lets both sides handle all that has arrived.
    void turn() {
        while (server.process() || client.process()) {
        }
    }

    /// Calls a method and lets `work` run until the answer is there.
    bus::Message call(
        const bus::Message& request, const std::function<void()>& work = [] {}) {
        std::optional<bus::Message> answer;
        auto slot =
            client.call_async(request, [&](bus::Message reply) { answer = std::move(reply); });
        while (!answer) {
            turn();
            work();
            if (!answer) client.wait(1000);
        }
        answer->check();
        return *answer;
    }

  private:
    explicit Pair(base::SocketPair sockets)
        : server(bus::Connection::open_fd(std::move(sockets.first), true)),
          client(bus::Connection::open_fd(std::move(sockets.second), false)) {
        // Whether descriptors can be sent is known only after the handshake.
        while (sd_bus_is_ready(client.get()) <= 0 || sd_bus_is_ready(server.get()) <= 0)
            turn();
    }
};

} // namespace berth::testing
