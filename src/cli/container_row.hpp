// SPDX-License-Identifier: LGPL-2.1-or-later
// A row of ListContainers in docker's words, and docker's filters over such rows.
#pragma once

#include "list.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace berth::cli {

/// "Up 3 minutes", "Exited (7) 2 seconds ago", "Created", "Up 5 seconds (Paused)".
[[nodiscard]] std::string status_text(const nlohmann::json& row, std::uint64_t now);
/// .ID .Names .Image .Command .CreatedAt .RunningFor .Status .State .Ports .Labels .Size ...
[[nodiscard]] nlohmann::json container_fields(const nlohmann::json& row, std::uint64_t now,
                                              bool truncate);
[[nodiscard]] const std::vector<std::string>& container_filter_keys();
/// Keeps the rows that pass: values of one key are alternatives, keys add up; labels all hold.
[[nodiscard]] std::vector<nlohmann::json> filtered_containers(std::vector<nlohmann::json> rows,
                                                              const std::vector<Filter>& filters);
/// `text` matches a pattern as docker's name filter: a part of it, or a regular expression.
[[nodiscard]] bool matches_name(const std::string& text, const std::string& pattern);

} // namespace berth::cli
