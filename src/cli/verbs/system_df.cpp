// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

const std::vector<Field>& system_df_fields() {
    static const std::vector<Field> list = {{"Type", "TYPE"},
                                            {"TotalCount", "TOTAL"},
                                            {"Active", "ACTIVE"},
                                            {"Size", "SIZE"},
                                            {"Reclaimable", "RECLAIMABLE"}};
    return list;
}

std::string title(const std::string& kind) {
    if (kind == "images") return "Images";
    if (kind == "containers") return "Containers";
    if (kind == "volumes") return "Local Volumes";
    if (kind == "cache" || kind == "build-cache") return "Build Cache";
    return kind;
}

std::string reclaimable(std::uint64_t part, std::uint64_t whole) {
    std::string text = human_size(part);
    if (whole > 0) text += " (" + std::to_string(part * 100 / whole) + "%)";
    return text;
}

} // namespace

int system_df(Client& client, const Arguments& arguments) {
    bool verbose = false;
    std::string format;
    Options options("system df", "", "Show what takes room on disk");
    options.flag("-v,--verbose", verbose, "Also each single thing");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    if (!options.parse(arguments)) return 0;
    std::vector<nlohmann::json> rows;
    std::vector<nlohmann::json> items;
    bus::Dict request;
    if (verbose) request.set("verbose", true);
    for (const auto& row : client.manager("DiskUsage", request).read<std::vector<bus::Dict>>()) {
        const auto size = row.get_or<std::uint64_t>("size", 0);
        if (row.has("name")) { // a single thing
            items.push_back({{"Type", row.get_or<std::string>("type", "")},
                             {"Name", row.get_or<std::string>("name", "")},
                             {"Size", human_size(size)}});
            continue;
        }
        rows.push_back(
            {{"Type", title(row.get_or<std::string>("type", ""))},
             {"TotalCount", std::to_string(row.get_or<std::uint64_t>("count", 0))},
             {"Active", std::to_string(row.get_or<std::uint64_t>("active", 0))},
             {"Size", human_size(size)},
             {"Reclaimable", reclaimable(row.get_or<std::uint64_t>("reclaimable", 0), size)}});
    }
    print_list(rows, system_df_fields(), {format});
    if (items.empty()) return 0;
    std::puts("");
    print_list(items, {{"Type", "TYPE"}, {"Name", "NAME", true, 0, 16}, {"Size", "SIZE"}},
               {format});
    return 0;
}

} // namespace berth::cli
