// SPDX-License-Identifier: LGPL-2.1-or-later
// Serving objects: the one place where sd-bus's C callbacks meet our code. A vtable is a static
// array of sd-bus's macros whose entries are made by method<> and property<>:
//
//     SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
//                             (bus::method<ContainerObject, &ContainerObject::stop>), 0),
//     SD_BUS_PROPERTY("State", "s", (bus::property<ContainerObject, &ContainerObject::state>), 0,
//                     SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
//
// A method gets a Call, answers it now or later, and may throw; a property gets the object's path
// and returns its value. Nothing thrown leaves the callbacks.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <bus/connection.hpp>
#include <bus/message.hpp>

namespace berth::bus {

/// A received method call. Copies stand for the same call; it is answered exactly once, on the
/// connection's thread. One whose last copy goes unanswered gets an Internal error, so that no
/// client waits for ever.
class Call {
  public:
    explicit Call(Message message);

    [[nodiscard]] Message& message() const noexcept;
    [[nodiscard]] bool answered() const noexcept;

    template <class T>
    [[nodiscard]] T read() const {
        return message().template read<T>();
    }
    template <class... T>
    [[nodiscard]] std::tuple<T...> read_all() const {
        return message().template read_all<T...>();
    }

    template <class... T>
    void reply(const T&... values) const {
        Message answer = new_reply();
        answer.append(values...);
        send(answer);
    }
    /// Answers with an error; harmless when the call is answered already.
    void fail(const std::exception& error) const noexcept;
    /// The exception being handled, or stored, as the answer.
    void fail(const std::exception_ptr& error) const noexcept;

  private:
    struct State;
    [[nodiscard]] Message new_reply() const;
    void send(const Message& answer) const;

    std::shared_ptr<State> state_;
};

/// Runs `body`; whatever it throws becomes the answer to the call.
template <class F>
void guard(const Call& call, F&& body) noexcept {
    try {
        body();
    } catch (...) {
        call.fail(std::current_exception());
    }
}

template <class Object, void (Object::*Method)(Call)>
int method(sd_bus_message* message, void* userdata, sd_bus_error* error) noexcept {
    try {
        Call call(Message::share(message));
        guard(call, [&] { (static_cast<Object*>(userdata)->*Method)(call); });
        return 1;
    } catch (const std::exception& failure) { // out of memory before there was a Call
        return set_error(error, failure);
    }
}

template <class Object, auto Getter>
int property(sd_bus*, const char* path, const char*, const char*, sd_bus_message* reply,
             void* userdata, sd_bus_error* error) noexcept {
    try {
        Message answer = Message::share(reply);
        answer.append((static_cast<Object*>(userdata)->*Getter)(std::string(path)));
        return 1;
    } catch (const std::exception& failure) {
        return set_error(error, failure);
    }
}

/// Puts an object on the bus at a fixed path.
[[nodiscard]] Slot add_object(Connection& connection, const std::string& path,
                              const std::string& interface, const sd_bus_vtable* vtable,
                              void* object);
/// Puts objects on the bus at `prefix`/NAME as long as `exists(path)` says so; `object` serves all
/// of them and learns the path from each call.
[[nodiscard]] Slot add_objects(Connection& connection, const std::string& prefix,
                               const std::string& interface, const sd_bus_vtable* vtable,
                               void* object, std::function<bool(const std::string&)> exists);
/// Names the paths below `prefix` for introspection and ObjectManager.
[[nodiscard]] Slot add_enumerator(Connection& connection, const std::string& prefix,
                                  std::function<std::vector<std::string>()> list);
[[nodiscard]] Slot add_object_manager(Connection& connection, const std::string& path);

} // namespace berth::bus
