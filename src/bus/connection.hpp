// SPDX-License-Identifier: LGPL-2.1-or-later
// Connection is one sd-bus connection, used by one thread. Calls and matches take lambdas; a Slot
// keeps its callback registered as long as it lives. Replies and signals arrive in process(), in
// call() (those of that call) or, once attached, in the event loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <base/fd.hpp>
#include <base/handle.hpp>
#include <bus/event.hpp>
#include <bus/message.hpp>
#include <systemd/sd-bus.h>

namespace berth::bus {

using Slot = base::Handle<sd_bus_slot, sd_bus_slot_unref>;

/// sd-bus's default for method calls, 25 s.
inline constexpr std::uint64_t kDefaultTimeout = 0;
inline constexpr std::uint64_t kNoTimeout = UINT64_MAX;

/// Whose method: service ("" on a connection without a broker), object, interface.
struct Address {
    std::string service;
    std::string path;
    std::string interface;
};

/// berth's own names.
inline constexpr const char* kServiceName = "org.berth1";
inline constexpr const char* kRootPath = "/org/berth1";
inline constexpr const char* kManagerInterface = "org.berth1.Manager";

class Connection {
  public:
    [[nodiscard]] static Connection open_system();
    /// "unix:path=/run/systemd/private": a peer or broker at an address; `broker` says which.
    [[nodiscard]] static Connection open_address(const std::string& address, bool broker);
    /// The system bus of another machine by ssh ("user@host"), or of a local container.
    [[nodiscard]] static Connection open_remote(const std::string& host);
    [[nodiscard]] static Connection open_machine(const std::string& machine);
    /// One end of a socket pair: a client, or a server that answers it. There is no broker.
    [[nodiscard]] static Connection open_fd(base::Fd fd, bool server);

    Connection(Connection&&) noexcept = default;
    Connection& operator=(Connection&&) noexcept = default;

    [[nodiscard]] sd_bus* get() const noexcept { return bus_.get(); }

    /// Lets services ask the user for a password by polkit; off unless set.
    void allow_interactive(bool on);
    void attach(Event& event, int priority = 0);

    [[nodiscard]] Message new_call(const Address& to, const std::string& method);
    template <class... T>
    [[nodiscard]] Message new_call_with(const Address& to, const std::string& method,
                                        const T&... values) {
        Message message = new_call(to, method);
        message.append(values...);
        return message;
    }
    /// Waits for the reply; throws berth::Error with the code of the error received.
    Message call(const Message& request, std::uint64_t timeout_usec = kDefaultTimeout);
    /// Shorthand of the two.
    template <class... T>
    Message call_method(const Address& to, const std::string& method, const T&... values) {
        return call(new_call_with(to, method, values...));
    }
    /// The reply, also one that is an error (Message::check), comes to `done` once. A Slot dropped
    /// before cancels that.
    [[nodiscard]] Slot call_async(const Message& request, std::function<void(Message)> done,
                                  std::uint64_t timeout_usec = kDefaultTimeout);
    /// Sends without waiting for anything.
    void send(const Message& message);

    /// Adds a match rule and does not wait for the broker to confirm it.
    [[nodiscard]] Slot match(const std::string& rule, std::function<void(Message)> handler);

    /// Sees every message that arrives, before anybody else.
    [[nodiscard]] Slot add_filter(std::function<void(const Message&)> look);

    [[nodiscard]] Message new_signal(const std::string& path, const std::string& interface,
                                     const std::string& member);
    template <class... T>
    void emit(const std::string& path, const std::string& interface, const std::string& member,
              const T&... values) {
        Message signal = new_signal(path, interface, member);
        signal.append(values...);
        send(signal);
    }
    void emit_properties_changed(const std::string& path, const std::string& interface,
                                 const std::vector<std::string>& names);
    /// ObjectManager's InterfacesAdded and InterfacesRemoved.
    void emit_added(const std::string& path, const std::vector<std::string>& interfaces);
    void emit_removed(const std::string& path, const std::vector<std::string>& interfaces);

    /// Becomes the owner of the name, or throws.
    void request_name(const std::string& name);
    void release_name(const std::string& name);

    /// Handles one thing that has arrived; false: there is nothing.
    bool process();
    /// Waits for something to arrive; false after the time.
    bool wait(std::uint64_t usec);
    void flush();

  private:
    explicit Connection(sd_bus* bus) : bus_(bus) {}
    static Connection start(sd_bus* bus, const std::string& where);

    base::Handle<sd_bus, sd_bus_flush_close_unref> bus_;
};

} // namespace berth::bus
