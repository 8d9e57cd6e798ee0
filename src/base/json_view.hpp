// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading JSON that somebody else wrote: text with bounds on size and depth, and a view whose
// getters check types and name the member that is wrong ("manifest.layers[2].size").
// A member that is missing or null is empty, zero or false.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <berth/error.hpp>
#include <berth/id.hpp>

namespace berth::base {

/// The most levels that parse_json() accepts.
inline constexpr int kJsonDepth = 48;

/// Parses a whole text of at most `limit` bytes. Corrupt (or `code`) with `what` in the message.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, std::size_t limit,
                                        const std::string& what,
                                        ErrorCode code = ErrorCode::Corrupt);

/// One JSON object and where it is; refers to a document that must outlive it.
class JsonView {
  public:
    /// Fails unless `value` is an object.
    JsonView(const nlohmann::json& value, std::string where, ErrorCode code = ErrorCode::Corrupt);

    [[nodiscard]] bool has(const char* key) const; ///< there and not null
    [[nodiscard]] std::string text(const char* key) const;
    [[nodiscard]] std::string required_text(const char* key) const;
    [[nodiscard]] bool flag(const char* key) const;
    [[nodiscard]] std::uint64_t number(const char* key) const;
    [[nodiscard]] std::vector<std::string> texts(const char* key) const;
    [[nodiscard]] std::map<std::string, std::string> text_map(const char* key) const;
    [[nodiscard]] std::vector<std::string> keys_of(const char* key) const; ///< of an object
    [[nodiscard]] Digest digest(const char* key) const;

    [[nodiscard]] JsonView object(const char* key) const; ///< must be there
    /// The objects of a list; fails beyond `limit`.
    [[nodiscard]] std::vector<JsonView> objects(const char* key, std::size_t limit) const;

    /// Refuses members that are not among these.
    void only(std::initializer_list<std::string_view> known) const;
    [[nodiscard]] std::string path(const char* key) const;
    [[noreturn]] void fail(const char* key, const std::string& why) const;

  private:
    [[nodiscard]] const nlohmann::json* find(const char* key) const;

    const nlohmann::json* value_;
    std::string where_;
    ErrorCode code_;
};

/// For a plugin without settings of its own: its table of berth.toml as JSON ("" is none) may hold
/// nothing but `known`, which are its kind's. InvalidArgument names `table` and the key.
void check_settings(std::string_view json, const std::string& table,
                    std::initializer_list<std::string_view> known);

} // namespace berth::base
