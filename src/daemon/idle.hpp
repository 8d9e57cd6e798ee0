// SPDX-License-Identifier: LGPL-2.1-or-later
// When berthd may leave: after `quiet` without a reason to stay. Whoever needs it holds a Hold:
// work under way, or something to watch (a job, a waiter, a terminal, a client). Told to end, it
// finishes the work and lets the next berthd watch. Everything is on the main thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <bus/event.hpp>

namespace berth::daemon {

class Idle {
  public:
    /// `leave` is called once nothing has held for that long; `quiet_usec` 0: never.
    Idle(bus::Event& event, std::uint64_t quiet_usec, std::function<void()> leave);
    Idle(const Idle&) = delete;
    Idle& operator=(const Idle&) = delete;
    ~Idle() = default;

    enum class Reason { Watch, Work };
    class Token {
      public:
        Token(Idle& idle, Reason reason) : idle_(idle), reason_(reason) { idle_.enter(reason); }
        Token(const Token&) = delete;
        Token& operator=(const Token&) = delete;
        ~Token() { idle_.leave(reason_); }

      private:
        Idle& idle_;
        Reason reason_;
    };
    /// A reason to stay, as long as the last copy of it lives.
    using Hold = std::shared_ptr<Token>;
    [[nodiscard]] Hold hold(Reason reason = Reason::Watch) {
        return std::make_shared<Token>(*this, reason);
    }

    /// Something happened: the quiet time starts anew.
    void touch();
    /// Told to end: `leave` is called once no work is under way, and again whenever some ends.
    void drain();
    /// The loop has ended: holds may still go, and nothing follows from it.
    void close() noexcept { closed_ = true; }
    [[nodiscard]] bool working() const noexcept { return work_ > 0; }

  private:
    void enter(Reason reason);
    void leave(Reason reason);
    void arm();

    bus::Event& event_;
    std::uint64_t quiet_usec_;
    std::function<void()> leave_;
    std::size_t holds_ = 0; ///< of both kinds
    std::size_t work_ = 0;
    bool draining_ = false;
    bool closed_ = false;
    bus::Source timer_;
};

} // namespace berth::daemon
