// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "container_row.hpp"
#include "list.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

bool passes(const nlohmann::json& row, const Filter& filter) {
    if (filter.key == "id") return row.value("id", "").starts_with(filter.value);
    return matches_name(row.value(filter.key, ""), filter.value);
}

} // namespace

int network_list(Client& client, const Arguments& arguments) {
    bool quiet = false;
    bool no_trunc = false;
    std::string format;
    std::vector<std::string> filter_texts;
    Options options("network ls", "", "List networks");
    options.list("-f,--filter", "KEY=VALUE", filter_texts, "Only some: id, name, driver");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("--no-trunc", no_trunc, "Whole IDs");
    options.flag("-q,--quiet", quiet, "Only IDs");
    if (!options.parse(arguments)) return 0;
    const auto filters = parse_filters(filter_texts, {"id", "name", "driver"});
    std::vector<nlohmann::json> rows;
    for (const auto& dict :
         client.manager("ListNetworks", bus::Dict()).read<std::vector<bus::Dict>>()) {
        const auto row = to_json(dict);
        if (!std::all_of(filters.begin(), filters.end(),
                         [&](const Filter& filter) { return passes(row, filter); }))
            continue;
        const std::string id = row.value("id", "");
        rows.push_back({{"ID", no_trunc ? id : id.substr(0, 12)},
                        {"Name", row.value("name", "")},
                        {"Driver", row.value("driver", "")},
                        {"Scope", "local"},
                        {"Subnet", row.value("subnet", "")},
                        {"Gateway", row.value("gateway", "")},
                        {"Labels", labels_text(row.value("labels", nlohmann::json::object()))},
                        {kLabels, row.value("labels", nlohmann::json::object())}});
    }
    print_list(rows,
               {{"ID", "NETWORK ID"},
                {"Name", "NAME", true, 0, 12},
                {"Driver", "DRIVER"},
                {"Scope", "SCOPE", true, 1},
                {"Subnet", "SUBNET", false},
                {"Gateway", "GATEWAY", false},
                {"Labels", "LABELS", false}},
               {format, quiet});
    return 0;
}

} // namespace berth::cli
