// SPDX-License-Identifier: LGPL-2.1-or-later
#include "list.hpp"

#include "go_functions.hpp"
#include "go_template.hpp"
#include "options.hpp"
#include "table.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

std::string dump(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print_text(const std::string& text) {
    std::fputs(safe_output(text).c_str(), stdout);
}

void print_default(const std::vector<nlohmann::json>& rows, const std::vector<Field>& fields,
                   bool fit) {
    std::vector<Column> columns;
    for (const auto& field : fields) {
        if (field.shown) columns.push_back({field.title, field.priority, field.least});
    }
    Table table(std::move(columns));
    for (const auto& row : rows) {
        std::vector<std::string> cells;
        for (const auto& field : fields) {
            if (!field.shown) continue;
            const auto found = row.find(field.key);
            cells.push_back(found == row.end() ? "" : go::printed(*found));
        }
        table.add(std::move(cells));
    }
    table.print(fit);
}

// What labels a row has, for {{.Label "key"}}.
GoMethods methods_of(const nlohmann::json& labels) {
    return {{kLabels, [&labels](const std::string& key) {
                 const auto found = labels.find(key);
                 return found == labels.end() ? std::string() : go::printed(*found);
             }}};
}

// Docker's title of a label: the last part of its name, without dashes.
std::string label_title(const std::string& key) {
    std::string title = key.substr(key.rfind('.') + 1);
    std::replace_if(
        title.begin(), title.end(), [](char c) { return c == '-' || c == '_'; }, ' ');
    return title;
}

std::string render_row(const GoTemplate& form, nlohmann::json row) {
    const auto found = row.find(kLabels);
    if (found == row.end()) return form.render(row);
    const nlohmann::json labels = *found;
    row.erase(kLabels);
    return form.render(row, methods_of(labels));
}

std::string render_titles(const GoTemplate& form, const std::vector<nlohmann::json>& rows,
                          const std::vector<Field>& fields) {
    nlohmann::json titles = nlohmann::json::object();
    for (const auto& field : fields)
        titles[field.key] = field.title;
    if (!rows.empty()) {
        for (const auto& [key, value] : rows[0].items()) {
            if (!titles.contains(key)) titles[key] = key;
        }
    }
    titles.erase(kLabels);
    return form.render(titles, {{kLabels, label_title}});
}

void print_template_table(const std::vector<nlohmann::json>& rows, const std::vector<Field>& fields,
                          const std::string& format) {
    const GoTemplate form(format);
    std::vector<std::string> lines = {render_titles(form, rows, fields)};
    for (const auto& row : rows)
        lines.push_back(render_row(form, row));
    print_text(align_tabs(lines));
}

void print_json_lines(std::vector<nlohmann::json> rows) {
    for (auto& row : rows) {
        row.erase(kLabels);
        std::puts(dump(row).c_str());
    }
}

} // namespace

void print_list(const std::vector<nlohmann::json>& rows, const std::vector<Field>& fields,
                const ListStyle& style) {
    std::string format = unescape_format(style.format);
    if (style.quiet && format.empty()) {
        for (const auto& row : rows)
            print_text(go::printed(row.at(style.quiet_key)) + "\n");
    } else if (format.empty() || format == "table") {
        print_default(rows, fields, style.fit);
    } else if (format == "json") {
        print_json_lines(rows);
    } else if (format.starts_with("table ") || format.starts_with("table\t")) {
        print_template_table(rows, fields, format.substr(6));
    } else {
        const GoTemplate form(format);
        for (const auto& row : rows)
            print_text(render_row(form, row) + "\n");
    }
}

void print_formatted(const nlohmann::json& object, const std::string& format) {
    if (format == "json")
        std::puts(dump(object).c_str());
    else
        print_text(GoTemplate(format).render(object) + "\n");
}

std::string labels_text(const nlohmann::json& labels) {
    std::string text;
    if (!labels.is_object()) return text;
    for (const auto& [key, value] : labels.items())
        text += (text.empty() ? "" : ",") + key + "=" + go::printed(value);
    return text;
}

std::string plain_id(const std::string& id) {
    return id.starts_with("sha256:") ? id.substr(7) : id;
}

std::string short_id(const std::string& id) {
    return plain_id(id).substr(0, 12);
}

std::vector<Filter> parse_filters(const std::vector<std::string>& texts,
                                  const std::vector<std::string>& known) {
    std::vector<Filter> filters;
    for (const auto& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError("invalid filter '" + base::printable(text) + "': write KEY=VALUE");
        Filter filter{text.substr(0, equals), text.substr(equals + 1)};
        if (std::find(known.begin(), known.end(), filter.key) == known.end())
            throw UsageError("invalid filter '" + base::printable(filter.key) + "': there are " +
                                 base::join(known, ", "),
                             UsageError::kBadArguments);
        filters.push_back(std::move(filter));
    }
    return filters;
}

void check_filter_value(const Filter& filter, const std::vector<std::string>& known) {
    if (std::find(known.begin(), known.end(), filter.value) != known.end()) return;
    throw UsageError("invalid filter '" + filter.key + "=" + base::printable(filter.value) +
                         "': it is one of " + base::join(known, ", "),
                     UsageError::kBadArguments);
}

bool has_label(const nlohmann::json& labels, const std::string& wanted) {
    const std::size_t equals = wanted.find('=');
    if (!labels.is_object()) return false;
    const auto found = labels.find(wanted.substr(0, equals));
    if (found == labels.end()) return false;
    return equals == std::string::npos || go::printed(*found) == wanted.substr(equals + 1);
}

} // namespace berth::cli
