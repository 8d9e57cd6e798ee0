// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session.hpp"

#include "job.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace berth::cli {

Session::Session(Client& client, std::vector<int> signals) : client_(client), block_(signals) {
    for (const int number : signals)
        sources_.push_back(
            client.event().add_signal(number, [this, number] { signalled(number); }));
}

void Session::signalled(int number) {
    if (handler_) {
        handler_(number);
        return;
    }
    if (number == SIGINT && std::count(kept_.begin(), kept_.end(), SIGINT) > 0) throw Quit(130);
    kept_.push_back(number);
}

void Session::on_signal(std::function<void(int)> handler) {
    handler_ = std::move(handler);
    for (const int number : std::exchange(kept_, {}))
        handler_(number);
}

bus::Message Session::call(const bus::Message& request) {
    std::optional<bus::Message> reply;
    const auto slot = client_.bus().call_async(
        request, [&reply](bus::Message message) { reply = std::move(message); }, bus::kNoTimeout);
    while (!reply)
        client_.event().turn(UINT64_MAX);
    Client::check(*reply);
    return *reply;
}

void Session::use_stdio(Stdio& stdio) {
    stdio_ = &stdio;
    stdio.attach(client_.event());
}

void Session::use_terminal(base::Fd master, bool input, const std::string& detach_keys) {
    if (!master) return;
    tty_ = std::make_unique<TtyRelay>(client_.event(), std::move(master), input,
                                      DetachKeys(detach_keys));
}

void Session::ask() {
    waiting_ = client_.bus().call_async(
        request_(),
        [this](bus::Message reply) {
            if (lost_daemon(reply))
                ask();
            else
                reply_ = std::move(reply);
        },
        bus::kNoTimeout);
}

std::optional<bus::Message> Session::wait(std::function<bus::Message()> request) {
    request_ = std::move(request);
    ask();
    while (!reply_ && !(tty_ && tty_->detached()))
        client_.event().turn(UINT64_MAX);
    const bool detached = !reply_;
    if (stdio_ != nullptr) stdio_->drain();
    if (tty_ && !detached) tty_->drain();
    tty_.reset(); // the terminal is the user's again before anything else is said
    if (detached) {
        std::fputs("\ndetached\n", stderr);
        return std::nullopt;
    }
    Client::check(*reply_);
    return reply_;
}

std::function<void(int)> kill_on_signal(Client& client, const std::string& path) {
    return [&client, path, slots = std::make_shared<std::vector<bus::Slot>>()](int number) {
        slots->push_back(client.bus().call_async(
            client.new_call(path, kContainerInterface, "Kill", signal_name(number), bus::Dict()),
            [](const bus::Message&) {}));
    };
}

} // namespace berth::cli
