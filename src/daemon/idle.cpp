// SPDX-License-Identifier: LGPL-2.1-or-later
#include "idle.hpp"

#include <utility>

namespace berth::daemon {

Idle::Idle(bus::Event& event, std::uint64_t quiet_usec, std::function<void()> leave)
    : event_(event), quiet_usec_(quiet_usec), leave_(std::move(leave)) {
    arm();
}

void Idle::touch() {
    if (holds_ == 0) arm();
}

void Idle::drain() {
    draining_ = true;
    arm();
}

void Idle::enter(Reason reason) {
    ++holds_;
    if (reason == Reason::Work) ++work_;
    timer_.reset();
}

void Idle::leave(Reason reason) {
    --holds_;
    if (reason == Reason::Work) --work_;
    arm();
}

void Idle::arm() {
    if (closed_) return;
    if (draining_) {
        if (work_ == 0) timer_ = event_.add_timer(0, leave_);
    } else if (holds_ == 0 && quiet_usec_ != 0) {
        timer_ = event_.add_timer(quiet_usec_, leave_);
    }
}

} // namespace berth::daemon
