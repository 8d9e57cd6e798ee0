// SPDX-License-Identifier: LGPL-2.1-or-later
// The values of an a{sv}: Dict maps keys to Values. Options, configurations and results travel as
// Dicts. Getters throw InvalidArgument that names the key; integers are taken in any width that
// holds the number, so that busctl users need not know which one is meant.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <base/fd.hpp>

namespace berth::bus {

/// A descriptor in a Value: shared, because Values are copied.
using SharedFd = std::shared_ptr<base::Fd>;
using Strings = std::vector<std::string>;
using StringMap = std::map<std::string, std::string>;

/// D-Bus type 'o'.
struct ObjectPath {
    std::string path;
    auto operator<=>(const ObjectPath&) const = default;
};

struct Value;

class Dict {
  public:
    Dict() = default;
    Dict(std::initializer_list<std::pair<const std::string, Value>> entries);

    /// Adds or replaces.
    void set(const std::string& key, Value value);
    /// Adds a Value made from `value` when there is one.
    template <class T>
    void set_if(const std::string& key, const std::optional<T>& value);

    [[nodiscard]] bool has(const std::string& key) const;
    [[nodiscard]] const Value* find_value(const std::string& key) const;

    /// Empty when the key is absent; InvalidArgument when it has another type or does not fit.
    /// T: bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double, std::string,
    /// ObjectPath, Strings, StringMap, SharedFd, Dict, std::vector<Dict>.
    template <class T>
    [[nodiscard]] std::optional<T> find(const std::string& key) const;
    /// InvalidArgument when the key is absent.
    template <class T>
    [[nodiscard]] T get(const std::string& key) const;
    template <class T>
    [[nodiscard]] T get_or(const std::string& key, T fallback) const {
        auto value = find<T>(key);
        return value ? std::move(*value) : std::move(fallback);
    }

    /// InvalidArgument naming the first key that is none of `known`; `what` is "option" or the
    /// like.
    void require_only(const std::vector<std::string_view>& known,
                      std::string_view what = "option") const;

    [[nodiscard]] const std::map<std::string, Value>& entries() const noexcept { return entries_; }
    [[nodiscard]] bool empty() const noexcept;

  private:
    std::map<std::string, Value> entries_;
};

struct Value {
    using Variant = std::variant<bool, std::uint8_t, std::int32_t, std::uint32_t, std::int64_t,
                                 std::uint64_t, double, std::string, ObjectPath, Strings, StringMap,
                                 SharedFd, Dict, std::vector<Dict>>;

    Value(const char* text) : data(std::string(text)) {} // NOLINT(google-explicit-constructor)
    template <class T>
        requires(!std::is_same_v<std::remove_cvref_t<T>, Value> &&
                 !std::is_convertible_v<T, const char*>)
    Value(T&& value) : data(std::forward<T>(value)) {} // NOLINT(google-explicit-constructor)

    Variant data;
};

/// "a string", "a boolean"...: the kind of a value, for messages.
[[nodiscard]] const char* kind_of(const Value& value) noexcept;

template <class T>
void Dict::set_if(const std::string& key, const std::optional<T>& value) {
    if (value) set(key, Value(*value));
}

extern template std::optional<bool> Dict::find(const std::string&) const;
extern template std::optional<std::int32_t> Dict::find(const std::string&) const;
extern template std::optional<std::uint32_t> Dict::find(const std::string&) const;
extern template std::optional<std::int64_t> Dict::find(const std::string&) const;
extern template std::optional<std::uint64_t> Dict::find(const std::string&) const;
extern template std::optional<double> Dict::find(const std::string&) const;
extern template std::optional<std::string> Dict::find(const std::string&) const;
extern template std::optional<ObjectPath> Dict::find(const std::string&) const;
extern template std::optional<Strings> Dict::find(const std::string&) const;
extern template std::optional<StringMap> Dict::find(const std::string&) const;
extern template std::optional<SharedFd> Dict::find(const std::string&) const;
extern template std::optional<Dict> Dict::find(const std::string&) const;
extern template std::optional<std::vector<Dict>> Dict::find(const std::string&) const;

/// Throws the InvalidArgument of a missing key.
[[noreturn]] void throw_missing(const std::string& key);

template <class T>
T Dict::get(const std::string& key) const {
    auto value = find<T>(key);
    if (!value) throw_missing(key);
    return std::move(*value);
}

} // namespace berth::bus
