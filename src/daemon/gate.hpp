// SPDX-License-Identifier: LGPL-2.1-or-later
// The gate every call goes through. Handlers say what a call is about; the gate looks the method up
// in the policy, asks polkit where the policy says so, and hands out a Permit. Operations take a
// Permit, so nothing is done that did not pass here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <bus/object.hpp>
#include <bus/peer.hpp>
#include <bus/polkit.hpp>
#include <daemon/claims.hpp>
#include <daemon/policy.hpp>

namespace berth::daemon {

/// Proof that a call may be carried out, and for whom. Only the Gate makes one.
class Permit {
  public:
    [[nodiscard]] uid_t uid() const noexcept { return uid_; }
    [[nodiscard]] const bus::Call& call() const noexcept { return call_; }

  private:
    friend class Gate;
    Permit(bus::Call call, uid_t uid) : call_(std::move(call)), uid_(uid) {}

    bus::Call call_;
    uid_t uid_;
};

class Gate {
  public:
    explicit Gate(bus::Connection& connection) : polkit_(connection) {}

    /// Who is calling; for facts and owners.
    [[nodiscard]] uid_t caller(const bus::Call& call) { return peers_.uid_of(call.message()); }

    /// Runs `go` now or later, if the call is allowed; else answers it. What `go` throws becomes
    /// the answer.
    void pass(const bus::Call& call, const Facts& facts, std::function<void(const Permit&)> go);
    void pass(const bus::Call& call, std::function<void(const Permit&)> go) {
        pass(call, Facts{}, std::move(go));
    }

    /// Runs `go` once every claim that comes with a passed call is granted, too.
    void claim(const Permit& permit, std::vector<Claim> claims, std::function<void()> go);

  private:
    bus::Peers peers_;
    bus::Polkit polkit_;
};

} // namespace berth::daemon
