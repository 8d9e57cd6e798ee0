// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"
#include "list.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

const std::vector<Field>& search_fields() {
    static const std::vector<Field> list = {{"Name", "NAME", true, 0, 16},
                                            {"Description", "DESCRIPTION", true, 2, 12},
                                            {"StarCount", "STARS", true, 1},
                                            {"IsOfficial", "OFFICIAL", true, 3}};
    return list;
}

bool passes(const bus::Dict& row, const Filter& filter) {
    if (filter.key == "stars")
        return row.get_or<std::int64_t>("stars", 0) >=
               static_cast<std::int64_t>(base::parse_number(filter.value, 1U << 30U).value_or(0));
    return row.get_or<bool>("official", false) == parse_bool(filter.value).value_or(true);
}

nlohmann::json row_of(const bus::Dict& row, bool no_trunc) {
    std::string description = row.get_or<std::string>("description", "");
    std::replace(description.begin(), description.end(), '\n', ' ');
    if (!no_trunc && description.size() > 45) description = description.substr(0, 42) + "...";
    return {{"Name", row.get_or<std::string>("name", "")},
            {"Description", description},
            {"StarCount", std::to_string(row.get_or<std::int64_t>("stars", 0))},
            {"IsOfficial", row.get_or<bool>("official", false) ? "[OK]" : ""}};
}

} // namespace

int search(Client& client, const Arguments& arguments) {
    std::optional<std::uint64_t> limit;
    bool no_trunc = false;
    std::string format;
    std::vector<std::string> filter_texts;
    Options options("search", "[REGISTRY/]TERM", "Search a registry for images");
    options.number("--limit", "NUMBER", limit, "At most so many (default 25)");
    options.list("-f,--filter", "KEY=VALUE", filter_texts, "Only some: stars=N, is-official=BOOL");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("--no-trunc", no_trunc, "Whole descriptions");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const auto filters = parse_filters(filter_texts, {"stars", "is-official"});
    bus::Dict request;
    request.set("limit", static_cast<std::uint32_t>(limit.value_or(25)));
    const auto result = follow_job(client,
                                   client.new_call(bus::kRootPath, bus::kManagerInterface,
                                                   "SearchImages", names->front(), request),
                                   {"search", true});
    std::vector<nlohmann::json> rows;
    for (const auto& row : result.get_or<std::vector<bus::Dict>>("results", {})) {
        const bool wanted = std::all_of(filters.begin(), filters.end(),
                                        [&](const Filter& filter) { return passes(row, filter); });
        if (wanted) rows.push_back(row_of(row, no_trunc));
    }
    print_list(rows, search_fields(), {format, false, "Name", !no_trunc});
    return 0;
}

} // namespace berth::cli
