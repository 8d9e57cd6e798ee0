// SPDX-License-Identifier: LGPL-2.1-or-later
// sd-event as C++ values. A Source keeps its callback registered as long as it lives. An exception
// that leaves a callback ends the loop and comes out of run(). Everything but post() belongs to the
// thread that made the Event.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include <base/fd.hpp>
#include <base/handle.hpp>
#include <systemd/sd-event.h>

namespace berth::bus {

using Source = base::Handle<sd_event_source, sd_event_source_disable_unref>;

class Event {
  public:
    /// The loop of this thread.
    Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    [[nodiscard]] sd_event* get() const noexcept { return event_.get(); }

    /// `events` are EPOLLIN and so on; the callback gets those that happened.
    [[nodiscard]] Source add_io(int fd, std::uint32_t events,
                                std::function<void(std::uint32_t)> callback);
    /// Once, `usec` from now.
    [[nodiscard]] Source add_timer(std::uint64_t usec, std::function<void()> callback);
    /// The signal must be blocked in every thread.
    [[nodiscard]] Source add_signal(int number, std::function<void()> callback);
    /// Once, in the next turn of the loop.
    [[nodiscard]] Source add_defer(std::function<void()> callback);
    /// At the end of every turn in which something happened.
    [[nodiscard]] Source add_post(std::function<void()> callback);

    /// From any thread: `work` is called once on the loop's thread, in the order of the calls.
    void post(std::function<void()> work);

    /// Runs until exit(); returns its argument.
    int run();
    void exit(int code = 0) noexcept;
    /// One turn: waits up to `usec` (UINT64_MAX: for ever) for something to happen.
    void turn(std::uint64_t usec);
    /// Keeps the service manager's watchdog fed (sd_watchdog_enabled(3)); false: there is none.
    bool enable_watchdog();

    /// For callbacks of C: remembers the exception being handled and ends the loop.
    void fail() noexcept;

  private:
    void run_posted();

    base::Handle<sd_event, sd_event_unref> event_;
    std::exception_ptr failure_;
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_; ///< guarded by mutex_
    base::Fd wake_;
    Source wake_source_;
};

} // namespace berth::bus
