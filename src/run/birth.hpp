// SPDX-License-Identifier: LGPL-2.1-or-later
// The helper's side of a process that is being made into a payload. Until it is released the
// process is killed with the object; after that it belongs to its parent (PID 1, or whoever runs
// berth-oci) and nothing of the helper remains.
#pragma once

#include <functional>

#include <base/fd.hpp>
#include <run/channel.hpp>
#include <run/clone.hpp>

namespace berth::run {

class Birth {
  public:
    Birth(Child child, Channel channel) : child_(std::move(child)), channel_(std::move(channel)) {}
    Birth(const Birth&) = delete;
    Birth& operator=(const Birth&) = delete;
    ~Birth();

    [[nodiscard]] pid_t pid() const noexcept { return child_.pid; }
    [[nodiscard]] const Channel& channel() const noexcept { return channel_; }

    /// Hears it to the word Ready. Throws StartError with what the process said last.
    void await_ready(const std::function<void(base::Fd)>& adopt_terminal,
                     const std::function<void()>& run_hooks) const;
    /// Lets it go on and waits until the payload runs.
    void let_go() const;
    /// It is its parent's now.
    void release() noexcept { released_ = true; }

  private:
    Child child_;
    Channel channel_;
    bool released_ = false;
};

} // namespace berth::run
