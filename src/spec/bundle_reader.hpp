// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads typed fields out of a JSON object and says which field is wrong. Internal to spec: the
// bundle, the seccomp profile and the network annotation. A null is an absent field.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace berth::spec {

/// The most elements any list or object may have.
inline constexpr std::size_t kMaxElements = 16384;

class Reader {
  public:
    /// `where` is the object's name in messages, "config.json: process".
    Reader(const nlohmann::json& object, std::string where);

    [[nodiscard]] bool has(const char* key) const;
    /// The object in a field; empty if it is absent.
    [[nodiscard]] std::optional<Reader> object(const char* key) const;
    [[nodiscard]] std::string text(const char* key, const std::string& fallback = "") const;
    [[nodiscard]] std::string required_text(const char* key) const;
    [[nodiscard]] bool boolean(const char* key) const;
    [[nodiscard]] std::optional<std::uint64_t> number(const char* key,
                                                      std::uint64_t limit = UINT64_MAX) const;
    [[nodiscard]] std::uint64_t required_number(const char* key, std::uint64_t limit) const;
    [[nodiscard]] std::optional<std::int64_t> signed_number(const char* key,
                                                            std::int64_t low = INT64_MIN,
                                                            std::int64_t high = INT64_MAX) const;
    [[nodiscard]] std::vector<std::string> texts(const char* key) const;
    [[nodiscard]] std::vector<std::uint32_t> numbers(const char* key) const;
    [[nodiscard]] std::map<std::string, std::string> text_map(const char* key) const;
    void each_object(const char* key, const std::function<void(const Reader&)>& visit) const;
    /// The members of the object in a field, each an object itself.
    void each_member(const char* key,
                     const std::function<void(const std::string&, const Reader&)>& visit) const;

    [[noreturn]] void fail(const char* key, const std::string& why) const;

  private:
    [[nodiscard]] const nlohmann::json* find(const char* key) const;
    [[nodiscard]] const nlohmann::json* list(const char* key) const;

    const nlohmann::json& object_;
    std::string where_;
};

/// Parses text of at most `limit` bytes and depth 64, UTF-8 only; InvalidArgument says where it is
/// broken. `where` names the document in messages.
[[nodiscard]] nlohmann::json parse_document(std::string_view text, std::size_t limit,
                                            const std::string& where);

} // namespace berth::spec
