// SPDX-License-Identifier: LGPL-2.1-or-later
#include "value.hpp"

#include <algorithm>
#include <type_traits>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::bus {

namespace {

template <class T>
constexpr bool kIsInteger = std::is_integral_v<T> && !std::is_same_v<T, bool>;

template <class T>
constexpr const char* kind_name() {
    if constexpr (std::is_same_v<T, bool>)
        return "a boolean";
    else if constexpr (kIsInteger<T>)
        return "an integer";
    else if constexpr (std::is_same_v<T, double>)
        return "a number";
    else if constexpr (std::is_same_v<T, std::string>)
        return "a string";
    else if constexpr (std::is_same_v<T, ObjectPath>)
        return "an object path";
    else if constexpr (std::is_same_v<T, Strings>)
        return "an array of strings";
    else if constexpr (std::is_same_v<T, StringMap>)
        return "a dictionary of strings";
    else if constexpr (std::is_same_v<T, SharedFd>)
        return "a file descriptor";
    else if constexpr (std::is_same_v<T, Dict>)
        return "a dictionary";
    else
        return "an array of dictionaries";
}

template <class T>
[[noreturn]] void throw_kind(const std::string& key, const Value& value) {
    throw Error(ErrorCode::InvalidArgument, "'" + base::printable(key) + "' must be " +
                                                kind_name<T>() + ", not " + kind_of(value));
}

template <class T>
T to_integer(const std::string& key, const Value& value) {
    return std::visit(
        [&](const auto& held) -> T {
            if constexpr (kIsInteger<std::remove_cvref_t<decltype(held)>>) {
                if (!std::in_range<T>(held)) {
                    throw Error(ErrorCode::InvalidArgument,
                                "'" + key + "' is out of range: " + std::to_string(held));
                }
                return static_cast<T>(held);
            } else {
                throw_kind<T>(key, value);
            }
        },
        value.data);
}

bool is_empty_list(const Value& value) {
    return std::holds_alternative<Strings>(value.data) && std::get<Strings>(value.data).empty();
}

} // namespace

Dict::Dict(std::initializer_list<std::pair<const std::string, Value>> entries)
    : entries_(entries) {}

void Dict::set(const std::string& key, Value value) {
    entries_.insert_or_assign(key, std::move(value));
}

bool Dict::has(const std::string& key) const {
    return entries_.contains(key);
}

bool Dict::empty() const noexcept {
    return entries_.empty();
}

const Value* Dict::find_value(const std::string& key) const {
    auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

template <class T>
std::optional<T> Dict::find(const std::string& key) const {
    const Value* value = find_value(key);
    if (value == nullptr) return std::nullopt;
    if constexpr (kIsInteger<T>) {
        return to_integer<T>(key, *value);
    } else {
        if (const T* held = std::get_if<T>(&value->data)) return *held;
        if constexpr (std::is_same_v<T, std::vector<Dict>>) {
            if (is_empty_list(*value)) return T();
        }
        throw_kind<T>(key, *value);
    }
}

template std::optional<bool> Dict::find(const std::string&) const;
template std::optional<std::int32_t> Dict::find(const std::string&) const;
template std::optional<std::uint32_t> Dict::find(const std::string&) const;
template std::optional<std::int64_t> Dict::find(const std::string&) const;
template std::optional<std::uint64_t> Dict::find(const std::string&) const;
template std::optional<double> Dict::find(const std::string&) const;
template std::optional<std::string> Dict::find(const std::string&) const;
template std::optional<ObjectPath> Dict::find(const std::string&) const;
template std::optional<Strings> Dict::find(const std::string&) const;
template std::optional<StringMap> Dict::find(const std::string&) const;
template std::optional<SharedFd> Dict::find(const std::string&) const;
template std::optional<Dict> Dict::find(const std::string&) const;
template std::optional<std::vector<Dict>> Dict::find(const std::string&) const;

void Dict::require_only(const std::vector<std::string_view>& known, std::string_view what) const {
    for (const auto& [key, value] : entries_) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            throw Error(ErrorCode::InvalidArgument, "unknown " + std::string(what) + " '" +
                                                        base::printable(key.substr(0, 80)) + "'");
        }
    }
}

const char* kind_of(const Value& value) noexcept {
    return std::visit(
        [](const auto& held) { return kind_name<std::remove_cvref_t<decltype(held)>>(); },
        value.data);
}

void throw_missing(const std::string& key) {
    throw Error(ErrorCode::InvalidArgument, "'" + key + "' is missing");
}

} // namespace berth::bus
