// SPDX-License-Identifier: LGPL-2.1-or-later
#include "link.hpp"

#include <csignal>

#include <unistd.h>

#include <base/log.hpp>
#include <systemd/unit_path.hpp>

namespace berth::systemd {

namespace {

constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr const char* kPrivateSocket = "unix:path=/run/systemd/private";
// While PID 1 executes itself anew nobody listens.
constexpr std::uint64_t kRetryUsec = 50'000;

bool private_socket_usable() {
    return ::geteuid() == 0 && ::access("/run/systemd/private", W_OK) == 0;
}

// Signals are for the main thread.
void block_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

} // namespace

bus::Message& Link::Answer::check() {
    if (error) std::rethrow_exception(error);
    message.check();
    return message;
}

bool Link::Answer::failed() const {
    return error || sd_bus_message_is_method_error(message.get(), nullptr) > 0;
}

Link::Link(Route route) : route_(route) {
    std::promise<bus::Event*> ready;
    auto started = ready.get_future();
    thread_ = std::thread([this, ready = std::move(ready)]() mutable { run(std::move(ready)); });
    try {
        event_ = started.get();
    } catch (...) {
        thread_.join();
        throw;
    }
}

Link::~Link() {
    post([this] { event_->exit(); });
    thread_.join();
}

void Link::run(std::promise<bus::Event*> ready) {
    block_signals();
    bus::Event event;
    event_ = &event;
    try {
        connect();
        ready.set_value(&event);
    } catch (...) {
        ready.set_exception(std::current_exception());
        return;
    }
    try {
        event.run();
    } catch (const std::exception& error) {
        log::error("the link to systemd failed: %s", error.what());
    }
    retry_.reset();
    disconnect();
}

void Link::disconnect() {
    calls_.clear();
    watch_.reset();
    job_removed_.reset();
    subscribed_.reset();
    disconnected_.reset();
    connection_.reset();
}

void Link::connect() {
    const bool direct = route_ == Route::Auto && private_socket_usable();
    connection_ = direct ? bus::Connection::open_address(kPrivateSocket, false)
                         : bus::Connection::open_system();
    service_ = direct ? "" : "org.freedesktop.systemd1";
    connection_->attach(*event_);
    disconnected_ = connection_->match(
        "type='signal',sender='org.freedesktop.DBus.Local',path='/org/freedesktop/DBus/Local',"
        "interface='org.freedesktop.DBus.Local',member='Disconnected'",
        [this](const bus::Message&) { retry_ = event_->add_defer([this] { reconnect(); }); });
    std::string rule = "type='signal',interface='org.freedesktop.systemd1.Manager',"
                       "member='JobRemoved'";
    if (!service_.empty()) rule += ",sender='org.freedesktop.systemd1'";
    job_removed_ =
        connection_->match(rule, [this](bus::Message signal) { on_job_removed(signal); });
    if (handler_) watch_ = std::make_unique<UnitWatch>(*connection_, service_, prefix_, handler_);
    // The broker hands on PID 1's signals only to those who asked PID 1 to send any.
    if (!service_.empty()) {
        subscribed_ = connection_->call_async(new_manager_call("Subscribe"), [](bus::Message) {});
    }
}

void Link::reconnect() {
    disconnect();
    try {
        connect();
    } catch (const Error& error) {
        log::debug("systemd does not answer: %s", error.what());
        connection_.reset();
        retry_ = event_->add_timer(kRetryUsec, [this] { reconnect(); });
        return;
    }
    log::debug("the connection to systemd was made again");
    std::vector<std::string> jobs;
    for (const auto& [job, waiter] : waiters_)
        jobs.push_back(job);
    for (const std::string& job : jobs)
        ask_after_job(job);
    if (handler_) handler_({.unit = {}, .change = UnitChange::Missed});
}

void Link::post(std::function<void()> work) {
    event_->post(std::move(work));
}

void Link::send(Make make, Done done) {
    post([this, make = std::move(make), done = std::move(done)] { call(make, done); });
}

void Link::call(const Make& make, const Done& done) {
    try {
        if (!connection_) throw Error(ErrorCode::Io, "systemd does not answer");
        const bus::Message request = make(*this);
        const std::uint64_t number = next_call_++;
        calls_[number] = connection_->call_async(request, [this, number, done](bus::Message reply) {
            done({std::move(reply), nullptr});
            calls_.erase(number);
        });
    } catch (...) {
        done({{}, std::current_exception()});
    }
}

std::string Link::ask_job(Make make, const std::string& unit) {
    auto outcome = std::make_shared<std::promise<std::string>>();
    auto result = outcome->get_future();
    send(std::move(make), [this, unit, outcome](Answer answer) {
        try {
            waiters_[answer.check().read<bus::ObjectPath>().path] = {unit, outcome};
        } catch (...) {
            outcome->set_exception(std::current_exception());
        }
    });
    return result.get();
}

void Link::watch(std::string prefix, UnitHandler handler) {
    post([this, prefix = std::move(prefix), handler = std::move(handler)] {
        prefix_ = prefix;
        handler_ = handler;
        if (!connection_) return;
        watch_ = std::make_unique<UnitWatch>(*connection_, service_, prefix_, handler_);
    });
}

bus::Message Link::new_manager_call(const std::string& method) {
    return connection_->new_call({service_, kPath, kManager}, method);
}

bus::Message Link::new_property_call(const std::string& unit, const std::string& interface,
                                     const std::string& name) {
    return connection_->new_call_with(
        {service_, unit_path(unit), "org.freedesktop.DBus.Properties"}, "Get", interface, name);
}

void Link::on_job_removed(bus::Message signal) {
    const auto [id, job, unit, result] =
        signal.read_all<std::uint32_t, bus::ObjectPath, std::string, std::string>();
    finish_job(job.path, result);
}

// After a reconnection: is the job still there?
void Link::ask_after_job(const std::string& job) {
    const auto make = [job](Link& link) {
        return link.connection_->new_call_with(
            {link.service_, job, "org.freedesktop.DBus.Properties"}, "Get",
            "org.freedesktop.systemd1.Job", "State");
    };
    call(make, [this, job](const Answer& answer) {
        if (answer.failed()) settle_by_unit(job);
    });
}

void Link::settle_by_unit(const std::string& job) {
    const std::string unit = waiters_.at(job).unit;
    const auto make = [unit](Link& link) {
        return link.new_property_call(unit, "org.freedesktop.systemd1.Unit", "ActiveState");
    };
    call(make, [this, job](Answer answer) {
        std::string state;
        if (!answer.failed()) {
            state = std::get<std::string>(answer.message.read<bus::Value>().data);
        }
        finish_job(job, state == "failed" ? "failed" : "done");
    });
}

void Link::finish_job(const std::string& job, const std::string& result) {
    auto waiter = waiters_.find(job);
    if (waiter == waiters_.end()) return;
    waiter->second.outcome->set_value(result);
    waiters_.erase(waiter);
}

} // namespace berth::systemd
