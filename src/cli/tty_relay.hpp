// SPDX-License-Identifier: LGPL-2.1-or-later
// Joins the user's terminal with the master of a container's terminal.
#pragma once

#include "detach_keys.hpp"
#include "signals.hpp"
#include "terminal.hpp"

#include <memory>
#include <string>

#include <base/fd.hpp>
#include <bus/event.hpp>

namespace berth::cli {

class TtyRelay {
  public:
    /// `input`: what is typed goes to the container. The terminal is raw while this lives, its size
    /// is the container's from the start and whenever it changes (SIGWINCH).
    TtyRelay(bus::Event& event, base::Fd master, bool input, DetachKeys keys);
    TtyRelay(const TtyRelay&) = delete;
    TtyRelay& operator=(const TtyRelay&) = delete;

    [[nodiscard]] bool detached() const noexcept { return detached_; }
    /// The container closed its terminal.
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    /// Copies what is left after the container's end.
    void drain();

  private:
    void typed();
    void send();
    void copy_size();
    bool show();

    bus::Event& event_;
    base::Fd master_;
    base::Fd writer_; ///< the same, for an event source of its own
    DetachKeys keys_;
    SignalBlock block_;
    std::unique_ptr<RawMode> raw_;
    bus::Source input_;
    bus::Source room_;
    bus::Source output_;
    bus::Source resized_;
    std::string pending_; ///< typed and not yet sent
    bool detached_ = false;
    bool closed_ = false;
};

} // namespace berth::cli
