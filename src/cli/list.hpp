// SPDX-License-Identifier: LGPL-2.1-or-later
// How every listing verb prints: docker's table, `--format json`, `--format 'table ...'` or a
// template a row, or `-q`.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace berth::cli {

/// A field a template may name, and its column.
struct Field {
    const char* key;       ///< ".Names"
    const char* title;     ///< "NAMES"
    bool shown = true;     ///< has a column in the default table
    unsigned priority = 0; ///< as of Column
    std::size_t least = 0; ///< as of Column
};

struct ListStyle {
    std::string format; ///< --format
    bool quiet = false;
    std::string quiet_key = "ID";
    bool fit = true; ///< false with --no-trunc
};

/// A row's object kLabels is no field of its own: templates ask it with {{.Label "key"}}.
void print_list(const std::vector<nlohmann::json>& rows, const std::vector<Field>& fields,
                const ListStyle& style);
inline constexpr const char* kLabels = "Label";

/// One object by --format: "json" or a template, followed by a newline.
void print_formatted(const nlohmann::json& object, const std::string& format);

/// "k=v,k2=v2" of an object of texts.
[[nodiscard]] std::string labels_text(const nlohmann::json& labels);
/// The first 12 digits of an ID, without "sha256:".
[[nodiscard]] std::string short_id(const std::string& id);
/// "sha256:..." taken off.
[[nodiscard]] std::string plain_id(const std::string& id);

/// One --filter: KEY=VALUE. Throws UsageError for anything else, and for keys that are not `known`.
struct Filter {
    std::string key;
    std::string value;
};
/// Throws UsageError when a filter's value is none of those its key knows.
void check_filter_value(const Filter& filter, const std::vector<std::string>& known);
[[nodiscard]] std::vector<Filter> parse_filters(const std::vector<std::string>& texts,
                                                const std::vector<std::string>& known);
/// Whether labels have "KEY" or "KEY=VALUE".
[[nodiscard]] bool has_label(const nlohmann::json& labels, const std::string& wanted);

} // namespace berth::cli
