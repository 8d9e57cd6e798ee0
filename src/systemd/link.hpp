// SPDX-License-Identifier: LGPL-2.1-or-later
// Link is a connection to PID 1 that any thread may ask: it has a thread of its own, which alone
// touches the connection, because sd-bus objects belong to one thread.
//
// As root it uses /run/systemd/private, where there is no broker between (measured: a round trip
// is 4 to 8 times as fast, connecting is dearer). PID 1 sends every signal of every unit to
// whoever is connected there, so it must be read all the time, which is what the thread does. A
// connection that breaks (`systemctl daemon-reexec` does that) is made again.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <bus/connection.hpp>
#include <bus/event.hpp>
#include <systemd/watch.hpp>

namespace berth::systemd {

enum class Route {
    Auto,      ///< the private socket when it can be used, else the system bus
    SystemBus, ///< the broker
};

class Link {
  public:
    explicit Link(Route route);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link();

    using Make = std::function<bus::Message(Link&)>;

    /// A reply, or why there is none.
    struct Answer {
        bus::Message message;
        std::exception_ptr error;
        bus::Message& check();
        [[nodiscard]] bool failed() const;
    };

    using Done = std::function<void(Answer)>;

    /// Sends what `make` builds; `done` gets the answer on the link's thread.
    void send(Make make, Done done);

    /// Sends what `make` builds, waits for the reply and returns what `read` makes of it; both run
    /// on the link's thread. Throws the error replied.
    template <class T>
    T ask(Make make, std::function<T(bus::Message&)> read) {
        auto promise = std::make_shared<std::promise<T>>();
        auto answer = promise->get_future();
        send(std::move(make), [promise, read = std::move(read)](Answer answered) {
            try {
                bus::Message& reply = answered.check();
                if constexpr (std::is_void_v<T>) {
                    read(reply);
                    promise->set_value();
                } else {
                    promise->set_value(read(reply));
                }
            } catch (...) {
                promise->set_exception(std::current_exception());
            }
        });
        return answer.get();
    }

    /// The same for a call that replies with a job's path: waits until PID 1 has removed the job
    /// and returns how it ended. `unit` is looked at when that moment was missed.
    [[nodiscard]] std::string ask_job(Make make, const std::string& unit);

    /// Units whose name starts with `prefix`; the handler runs on the link's thread.
    void watch(std::string prefix, UnitHandler handler);

    // For `make`, on the link's thread.

    [[nodiscard]] bus::Message new_manager_call(const std::string& method);
    [[nodiscard]] bus::Message new_property_call(const std::string& unit,
                                                 const std::string& interface,
                                                 const std::string& name);

  private:
    struct Waiter {
        std::string unit;
        std::shared_ptr<std::promise<std::string>> outcome;
    };

    void post(std::function<void()> work);
    void run(std::promise<bus::Event*> ready);
    void connect();
    void disconnect();
    void reconnect();
    void call(const Make& make, const Done& done);
    void on_job_removed(bus::Message signal);
    void ask_after_job(const std::string& job);
    void settle_by_unit(const std::string& job);
    void finish_job(const std::string& job, const std::string& result);

    Route route_;
    bus::Event* event_ = nullptr; ///< of the thread; lives until it is told to exit

    // The thread's own:
    std::optional<bus::Connection> connection_;
    std::string service_; ///< empty without a broker
    std::map<std::uint64_t, bus::Slot> calls_;
    std::uint64_t next_call_ = 0;
    std::map<std::string, Waiter> waiters_; ///< by job path
    std::string prefix_;
    UnitHandler handler_;
    std::unique_ptr<UnitWatch> watch_;
    bus::Slot job_removed_;
    bus::Slot subscribed_;
    bus::Slot disconnected_;
    bus::Source retry_;

    std::thread thread_; // last: it uses all of the above
};

} // namespace berth::systemd
