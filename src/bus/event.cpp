// SPDX-License-Identifier: LGPL-2.1-or-later
#include "event.hpp"

#include "errors.hpp"

#include <csignal>
#include <ctime>
#include <memory>
#include <utility>

#include <sys/eventfd.h>

namespace berth::bus {

namespace {

// What an event source's userdata points to; freed by the source's destroy callback.
template <class F>
struct Callback {
    Event* event;
    F function;
};

template <class F>
void destroy_callback(void* userdata) {
    delete static_cast<Callback<F>*>(userdata); // NOLINT(cppcoreguidelines-owning-memory)
}

template <class F, class... Args>
int invoke(void* userdata, Args... args) noexcept {
    auto* callback = static_cast<Callback<F>*>(userdata);
    try {
        callback->function(args...);
    } catch (...) {
        callback->event->fail();
    }
    return 0;
}

template <class F>
Source adopt(Source source, std::unique_ptr<Callback<F>> callback) {
    check(sd_event_source_set_destroy_callback(source.get(), destroy_callback<F>),
          "cannot set up an event source");
    sd_event_source_set_userdata(source.get(), callback.release());
    return source;
}

template <class F>
std::unique_ptr<Callback<F>> make_callback(Event* event, F function) {
    return std::make_unique<Callback<F>>(Callback<F>{event, std::move(function)});
}

using Plain = std::function<void()>;
using Io = std::function<void(std::uint32_t)>;

} // namespace

Event::Event() {
    check(sd_event_default(base::out(event_)), "cannot make an event loop");
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) throw_errno("cannot make an event loop");
    wake_source_ = add_io(wake_.get(), EPOLLIN, [this](std::uint32_t) { run_posted(); });
}

void Event::post(Plain work) {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
    if (posted_.size() == 1) ::eventfd_write(wake_.get(), 1);
}

void Event::run_posted() {
    std::vector<Plain> posted;
    {
        const std::lock_guard lock(mutex_);
        eventfd_t count = 0;
        ::eventfd_read(wake_.get(), &count);
        posted.swap(posted_);
    }
    for (const Plain& work : posted)
        work();
}

Source Event::add_io(int fd, std::uint32_t events, Io callback) {
    Source source;
    check(sd_event_add_io(
              get(), base::out(source), fd, events,
              [](sd_event_source*, int, std::uint32_t happened, void* userdata) {
                  return invoke<Io>(userdata, happened);
              },
              nullptr),
          "cannot watch a file descriptor");
    return adopt(std::move(source), make_callback(this, std::move(callback)));
}

Source Event::add_timer(std::uint64_t usec, Plain callback) {
    Source source;
    check(
        sd_event_add_time_relative(
            get(), base::out(source), CLOCK_MONOTONIC, usec, 0,
            [](sd_event_source*, std::uint64_t, void* userdata) { return invoke<Plain>(userdata); },
            nullptr),
        "cannot set a timer");
    return adopt(std::move(source), make_callback(this, std::move(callback)));
}

Source Event::add_signal(int number, Plain callback) {
    Source source;
    check(sd_event_add_signal(
              get(), base::out(source), number,
              [](sd_event_source*, const signalfd_siginfo*, void* userdata) {
                  return invoke<Plain>(userdata);
              },
              nullptr),
          "cannot watch a signal");
    return adopt(std::move(source), make_callback(this, std::move(callback)));
}

Source Event::add_defer(Plain callback) {
    Source source;
    check(sd_event_add_defer(
              get(), base::out(source),
              [](sd_event_source*, void* userdata) { return invoke<Plain>(userdata); }, nullptr),
          "cannot defer a call");
    return adopt(std::move(source), make_callback(this, std::move(callback)));
}

Source Event::add_post(Plain callback) {
    Source source;
    check(sd_event_add_post(
              get(), base::out(source),
              [](sd_event_source*, void* userdata) { return invoke<Plain>(userdata); }, nullptr),
          "cannot add a call to the event loop");
    return adopt(std::move(source), make_callback(this, std::move(callback)));
}

int Event::run() {
    const int code = check(sd_event_loop(get()), "the event loop failed");
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return code;
}

void Event::turn(std::uint64_t usec) {
    check(sd_event_run(get(), usec), "the event loop failed");
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Event::exit(int code) noexcept {
    sd_event_exit(get(), code);
}

bool Event::enable_watchdog() {
    return check(sd_event_set_watchdog(get(), 1), "cannot feed the watchdog") > 0;
}

void Event::fail() noexcept {
    if (!failure_) failure_ = std::current_exception();
    sd_event_exit(get(), 1);
}

} // namespace berth::bus
