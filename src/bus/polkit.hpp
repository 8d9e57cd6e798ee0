// SPDX-License-Identifier: LGPL-2.1-or-later
// The one file that knows polkit (org.freedesktop.PolicyKit1, asked over the bus). The subject is
// the caller's bus name, never a process id, which could be another process's by the time polkit
// looks. Root may do everything without being asked about. Whatever goes wrong is a no: polkit
// missing, an unknown action, a caller that left.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <bus/connection.hpp>
#include <bus/object.hpp>
#include <bus/peer.hpp>

namespace berth::bus {

class Polkit {
  public:
    /// `connection` must outlive it.
    explicit Polkit(Connection& connection) : connection_(connection) {}
    Polkit(const Polkit&) = delete;
    Polkit& operator=(const Polkit&) = delete;

    /// Asks whether the caller may do `action` ("org.berth1.image-pull"). Yes: `granted` runs,
    /// later and on this thread, and what it throws becomes the answer. No: the call is answered
    /// with AccessDenied, or with InteractiveAuthorizationRequired where a password would help but
    /// the caller did not allow asking for one. `details` are for rules and for the dialog's
    /// message.
    void authorize(const Call& call, uid_t uid, const std::string& action, const StringMap& details,
                   std::function<void()> granted);

    [[nodiscard]] bool idle() const noexcept { return checks_.empty(); }

  private:
    struct Check {
        Call call;
        std::string sender;
        std::function<void()> granted;
        Slot answer;
        Slot gone;
    };

    void ask(std::uint64_t number, const std::string& action, const StringMap& details);
    void on_answer(std::uint64_t number, const std::string& action, Message reply);
    void cancel(std::uint64_t number);

    Connection& connection_;
    std::map<std::uint64_t, Check> checks_;
    std::uint64_t next_ = 1;
};

} // namespace berth::bus
