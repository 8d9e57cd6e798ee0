// SPDX-License-Identifier: LGPL-2.1-or-later
// Message is a D-Bus message, read and written by C++ types:
//     bool, std::uint8_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double,
//     std::string, ObjectPath, SharedFd, Dict (a{sv}), Value (v),
//     std::vector<T>, std::map<std::string, T>, std::tuple<T...> and std::pair (structures).
// Reading what is not there throws InvalidArgument. Read descriptors are duplicates of the caller's
// own; appended ones are duplicated into the message.
#pragma once

#include <string>
#include <tuple>

#include <base/handle.hpp>
#include <bus/errors.hpp>
#include <bus/value.hpp>
#include <bus/wire_types.hpp>
#include <systemd/sd-bus.h>

namespace berth::bus {

class Message {
  public:
    Message() = default;
    /// Takes the reference.
    explicit Message(sd_bus_message* message) : message_(message) {}
    /// Adds a reference.
    static Message share(sd_bus_message* message) { return Message(sd_bus_message_ref(message)); }
    Message(const Message& other) : message_(sd_bus_message_ref(other.get())) {}
    Message& operator=(const Message& other) {
        message_.reset(sd_bus_message_ref(other.get()));
        return *this;
    }
    Message(Message&&) noexcept = default;
    Message& operator=(Message&&) noexcept = default;
    ~Message() = default;

    [[nodiscard]] sd_bus_message* get() const noexcept { return message_.get(); }
    explicit operator bool() const noexcept { return message_ != nullptr; }

    template <class... T>
    Message& append(const T&... values) {
        (Type<T>::append(get(), values), ...);
        return *this;
    }
    template <class T>
    [[nodiscard]] T read() {
        return Type<T>::read(get());
    }

    /// Several in their order: `auto [name, options] = message.read_all<std::string, Dict>();`
    template <class... T>
    [[nodiscard]] std::tuple<T...> read_all() {
        return std::tuple<T...>{Type<T>::read(get())...}; // braces: read in order
    }

    /// Throws the error this reply is, if it is one.
    const Message& check(const std::string& context = {}) const;

    [[nodiscard]] std::string sender() const { return text(sd_bus_message_get_sender(get())); }
    [[nodiscard]] std::string path() const { return text(sd_bus_message_get_path(get())); }
    [[nodiscard]] std::string interface() const {
        return text(sd_bus_message_get_interface(get()));
    }
    [[nodiscard]] std::string member() const { return text(sd_bus_message_get_member(get())); }

  private:
    static std::string text(const char* string) { return string != nullptr ? string : ""; }

    base::Handle<sd_bus_message, sd_bus_message_unref> message_;
};

/// Reads an a{sv} and leaves out entries of types a Value has no place for: other services'
/// properties.
[[nodiscard]] Dict read_properties(Message& message);

} // namespace berth::bus
