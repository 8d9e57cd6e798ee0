// SPDX-License-Identifier: LGPL-2.1-or-later
// berthd put together: every part in the order in which they need each other, what they do at the
// start, and how they come to an end. Berthd may be killed at any moment: what runs is PID 1's,
// what is decided is in the store, what is half done is swept or gone on with at the next start.
#pragma once

#include <memory>

#include <bus/connection.hpp>
#include <bus/event.hpp>

namespace berth::daemon {

struct ServiceOptions {
    std::uint64_t quiet_usec = 60'000'000; ///< leave after so long without work; 0: never
};

class Service {
  public:
    /// `connection` is where the objects are served; it is attached to the loop.
    Service(bus::Event& event, bus::Connection& connection, const ServiceOptions& options);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service();

    /// Takes over what a former berthd left behind. Call before the name is taken.
    void recover();
    /// No new work; the loop ends when what is under way is done.
    void stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace berth::daemon
