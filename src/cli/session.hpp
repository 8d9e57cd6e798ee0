// SPDX-License-Identifier: LGPL-2.1-or-later
// A container or a command in one, with the user in front of it: its input and output, signals,
// and at the end its exit status.
#pragma once

#include "client.hpp"
#include "stdio.hpp"
#include "tty_relay.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bus/message.hpp>

namespace berth::cli {

class Session {
  public:
    /// `signals` are handed to on_signal() from now on; none are for an empty list.
    Session(Client& client, std::vector<int> signals);

    /// Sends a call and waits for its reply, serving signals and copies meanwhile. Those that
    /// arrive before there is an on_signal() are kept for it; a second Ctrl-C quits.
    [[nodiscard]] bus::Message call(const bus::Message& request);
    void on_signal(std::function<void(int)> handler);

    void use_stdio(Stdio& stdio);
    /// An empty `master` is one that is gone already.
    void use_terminal(base::Fd master, bool input, const std::string& detach_keys);

    /// Waits for the reply to what `request` makes, sent again when berthd restarts; empty when the
    /// user detached.
    [[nodiscard]] std::optional<bus::Message> wait(std::function<bus::Message()> request);

  private:
    void ask();
    void signalled(int number);

    Client& client_;
    SignalBlock block_;
    std::vector<bus::Source> sources_;
    std::vector<int> kept_;
    std::function<void(int)> handler_;
    Stdio* stdio_ = nullptr;
    std::unique_ptr<TtyRelay> tty_;
    std::function<bus::Message()> request_;
    bus::Slot waiting_;
    std::optional<bus::Message> reply_;
};

/// Hands signals on to a container by its Kill method; failures are not told.
[[nodiscard]] std::function<void(int)> kill_on_signal(Client& client, const std::string& path);

} // namespace berth::cli
