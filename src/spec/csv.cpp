// SPDX-License-Identifier: LGPL-2.1-or-later
#include "csv.hpp"

namespace berth::spec {

namespace {

/// Reads a field in quotes from after its opening one; moves `line` behind the closing one.
std::optional<std::string> take_quoted(std::string_view& line) {
    std::string field;
    for (;;) {
        const std::size_t quote = line.find('"');
        if (quote == std::string_view::npos) return std::nullopt;
        field += line.substr(0, quote);
        line.remove_prefix(quote + 1);
        if (line.empty() || line[0] == ',') return field;
        if (line[0] != '"') return std::nullopt;
        field += '"';
        line.remove_prefix(1);
    }
}

} // namespace

std::optional<std::vector<std::string>> parse_csv(std::string_view line) {
    std::vector<std::string> fields;
    for (;;) {
        if (!line.empty() && line[0] == '"') {
            line.remove_prefix(1);
            auto field = take_quoted(line);
            if (!field) return std::nullopt;
            fields.push_back(std::move(*field));
        } else {
            const std::size_t comma = line.find(',');
            fields.emplace_back(line.substr(0, comma));
            if (fields.back().find('"') != std::string::npos) return std::nullopt;
            line.remove_prefix(comma == std::string_view::npos ? line.size() : comma);
        }
        if (line.empty()) return fields;
        line.remove_prefix(1);
    }
}

} // namespace berth::spec
