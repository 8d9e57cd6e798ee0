// SPDX-License-Identifier: LGPL-2.1-or-later
// How C++ types go over the bus: for each its signature, append and read. Used through
// bus::Message, which says which types there are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <base/fd.hpp>
#include <bus/value.hpp>
#include <systemd/sd-bus.h>

namespace berth::bus {

/// Bounds of what one message may hold, for values without a fixed shape.
inline constexpr std::size_t kMaxEntries = 65536;
inline constexpr int kMaxDepth = 6;

template <class T>
struct Type;

namespace detail {

void append_basic(sd_bus_message* message, char type, const void* value);
void read_basic(sd_bus_message* message, char type, void* value);
void append_string(sd_bus_message* message, char type, const std::string& value);
[[nodiscard]] std::string read_string(sd_bus_message* message, char type);
void open(sd_bus_message* message, char type, const std::string& contents);
void close(sd_bus_message* message);
void enter(sd_bus_message* message, char type, const std::string& contents);
/// Enters the next entry of a dictionary; false at its end.
[[nodiscard]] bool enter_entry(sd_bus_message* message, const std::string& contents);
void leave(sd_bus_message* message);
[[nodiscard]] bool at_end(sd_bus_message* message);
void check_count(std::size_t count);

/// T on the wire as Raw.
template <class T, char Letter, class Raw = T>
struct BasicType {
    static std::string signature() { return {Letter}; }
    static void append(sd_bus_message* message, const T& value) {
        const Raw raw = static_cast<Raw>(value);
        append_basic(message, Letter, &raw);
    }
    static T read(sd_bus_message* message) {
        Raw raw{};
        read_basic(message, Letter, &raw);
        return static_cast<T>(raw);
    }
};

} // namespace detail

template <>
struct Type<bool> : detail::BasicType<bool, 'b', int> {};
template <>
struct Type<std::uint8_t> : detail::BasicType<std::uint8_t, 'y'> {};
template <>
struct Type<std::int32_t> : detail::BasicType<std::int32_t, 'i'> {};
template <>
struct Type<std::uint32_t> : detail::BasicType<std::uint32_t, 'u'> {};
template <>
struct Type<std::int64_t> : detail::BasicType<std::int64_t, 'x'> {};
template <>
struct Type<std::uint64_t> : detail::BasicType<std::uint64_t, 't'> {};
template <>
struct Type<double> : detail::BasicType<double, 'd'> {};

template <>
struct Type<std::string> {
    static std::string signature() { return "s"; }
    static void append(sd_bus_message* message, const std::string& value) {
        detail::append_string(message, 's', value);
    }
    static std::string read(sd_bus_message* message) { return detail::read_string(message, 's'); }
};
/// String literals, to append only.
template <std::size_t N>
struct Type<char[N]> {
    static void append(sd_bus_message* message, const char* value) {
        detail::append_string(message, 's', value);
    }
};
template <>
struct Type<ObjectPath> {
    static std::string signature() { return "o"; }
    static void append(sd_bus_message* message, const ObjectPath& value) {
        detail::append_string(message, 'o', value.path);
    }
    static ObjectPath read(sd_bus_message* message) { return {detail::read_string(message, 'o')}; }
};
template <>
struct Type<SharedFd> {
    static std::string signature() { return "h"; }
    static void append(sd_bus_message* message, const SharedFd& value);
    static SharedFd read(sd_bus_message* message);
};
/// To append only; the descriptor stays the caller's.
template <>
struct Type<base::Fd> {
    static void append(sd_bus_message* message, const base::Fd& value);
};
template <>
struct Type<Dict> {
    static std::string signature() { return "a{sv}"; }
    static void append(sd_bus_message* message, const Dict& value);
    static Dict read(sd_bus_message* message);
};
template <>
struct Type<Value> {
    static std::string signature() { return "v"; }
    static void append(sd_bus_message* message, const Value& value);
    static Value read(sd_bus_message* message);
};

template <class T>
struct Type<std::vector<T>> {
    static std::string signature() { return "a" + Type<T>::signature(); }
    static void append(sd_bus_message* message, const std::vector<T>& values) {
        detail::open(message, 'a', Type<T>::signature());
        for (const T& value : values)
            Type<T>::append(message, value);
        detail::close(message);
    }
    static std::vector<T> read(sd_bus_message* message) {
        std::vector<T> values;
        detail::enter(message, 'a', Type<T>::signature());
        while (!detail::at_end(message)) {
            values.push_back(Type<T>::read(message));
            detail::check_count(values.size());
        }
        detail::leave(message);
        return values;
    }
};

template <class T>
struct Type<std::map<std::string, T>> {
    static std::string entry() { return "s" + Type<T>::signature(); }
    static std::string signature() { return "a{" + entry() + "}"; }
    static void append(sd_bus_message* message, const std::map<std::string, T>& values) {
        detail::open(message, 'a', "{" + entry() + "}");
        for (const auto& [key, value] : values) {
            detail::open(message, 'e', entry());
            Type<std::string>::append(message, key);
            Type<T>::append(message, value);
            detail::close(message);
        }
        detail::close(message);
    }
    static std::map<std::string, T> read(sd_bus_message* message) {
        std::map<std::string, T> values;
        detail::enter(message, 'a', "{" + entry() + "}");
        while (detail::enter_entry(message, entry())) {
            std::string key = Type<std::string>::read(message);
            values.insert_or_assign(std::move(key), Type<T>::read(message));
            detail::check_count(values.size());
            detail::leave(message);
        }
        detail::leave(message);
        return values;
    }
};

template <class... T>
struct Type<std::tuple<T...>> {
    static std::string contents() { return (std::string() + ... + Type<T>::signature()); }
    static std::string signature() { return "(" + contents() + ")"; }
    static void append(sd_bus_message* message, const std::tuple<T...>& values) {
        detail::open(message, 'r', contents());
        std::apply([&](const T&... value) { (Type<T>::append(message, value), ...); }, values);
        detail::close(message);
    }
    static std::tuple<T...> read(sd_bus_message* message) {
        detail::enter(message, 'r', contents());
        std::tuple<T...> values{Type<T>::read(message)...}; // braces: read in order
        detail::leave(message);
        return values;
    }
};
template <class A, class B>
struct Type<std::pair<A, B>> {
    using Tuple = Type<std::tuple<A, B>>;
    static std::string signature() { return Tuple::signature(); }
    static void append(sd_bus_message* message, const std::pair<A, B>& value) {
        Tuple::append(message, {value.first, value.second});
    }
    static std::pair<A, B> read(sd_bus_message* message) {
        auto [first, second] = Tuple::read(message);
        return {std::move(first), std::move(second)};
    }
};

} // namespace berth::bus
