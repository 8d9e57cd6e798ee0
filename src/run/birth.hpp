// SPDX-License-Identifier: LGPL-2.1-or-later
// The helper's side of a process that is being made into a payload. Until it is released the
// process is killed with the object; after that it belongs to its parent (PID 1, or whoever runs
// berth-oci) and nothing of the helper remains.
#pragma once

#include <functional>
#include <utility>

#include <base/fd.hpp>
#include <run/channel.hpp>
#include <run/clone.hpp>

namespace berth::run {

/// Takes a descriptor that the new process hands over.
using Taker = std::function<void(base::Fd)>;

/// Waits until the payload runs; a listener of its filter may come first. Without a taker for it
/// one is refused.
void await_payload(const Channel& channel, const Taker& adopt_listener);

class Birth {
  public:
    Birth(Child child, Channel channel) : child_(std::move(child)), channel_(std::move(channel)) {}
    Birth(Birth&& other) noexcept
        : child_(std::move(other.child_)), channel_(std::move(other.channel_)),
          released_(std::exchange(other.released_, true)) {}
    Birth(const Birth&) = delete;
    Birth& operator=(const Birth&) = delete;
    ~Birth();

    [[nodiscard]] pid_t pid() const noexcept { return child_.pid; }
    [[nodiscard]] int pidfd() const noexcept { return child_.pidfd.get(); }
    [[nodiscard]] const Channel& channel() const noexcept { return channel_; }

    /// Hears it to the word Ready. Throws StartError with what the process said last.
    void await_ready(const Taker& adopt_terminal, const std::function<void()>& run_hooks) const;
    /// Lets it go on and waits until the payload runs.
    void let_go(const Taker& adopt_listener = {}) const;
    /// It is its parent's now.
    void release() noexcept { released_ = true; }

  private:
    Child child_;
    Channel channel_;
    bool released_ = false;
};

} // namespace berth::run
