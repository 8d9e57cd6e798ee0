// SPDX-License-Identifier: LGPL-2.1-or-later
// What the record files share: containers as rows, and lookups by a prefix of an id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <store/statement.hpp>

namespace berth::store {

/// "SELECT <columns that read_container() reads> FROM containers REST".
[[nodiscard]] std::string select_containers(std::string_view rest);
[[nodiscard]] ContainerRecord read_container(const Statement& row);
[[nodiscard]] std::vector<ContainerRecord> read_containers(Statement&& rows);

/// 1 to 64 lower-case hexadecimal digits: what can be the start of an id.
[[nodiscard]] bool is_id_prefix(std::string_view text) noexcept;
/// The first text above all that start with an id prefix ("ab" -> "abg").
[[nodiscard]] std::string prefix_end(std::string_view prefix);

/// Names `a`, `b`, at most five and how many more.
[[nodiscard]] std::string enumerate(const std::vector<std::string>& names);

} // namespace berth::store
