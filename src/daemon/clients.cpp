// SPDX-License-Identifier: LGPL-2.1-or-later
#include "clients.hpp"

#include <bus/errors.hpp>

namespace berth::daemon {

Clients::Clients(Context& context) : context_(context) {
    bus::check(sd_bus_track_new(
                   context.connection.get(), base::out(track_),
                   [](sd_bus_track*, void* userdata) {
                       static_cast<Clients*>(userdata)->all_gone();
                       return 1; // 0 would mean: call again at once
                   },
                   this),
               "cannot keep track of clients");
    filter_ = context.connection.add_filter([this](const bus::Message& message) {
        if (sd_bus_message_is_method_call(message.get(), nullptr, nullptr) > 0) called(message);
    });
}

void Clients::called(const bus::Message& message) {
    context_.idle.touch();
    if (message.sender().empty()) return;
    if (sd_bus_track_add_sender(track_.get(), message.get()) < 0) return; // it has left already
    if (!hold_) hold_ = context_.idle.hold();
}

void Clients::all_gone() {
    hold_.reset();
}

} // namespace berth::daemon
