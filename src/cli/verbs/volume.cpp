// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "container_options.hpp"
#include "container_row.hpp"
#include "list.hpp"
#include "many.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

bool passes(const nlohmann::json& row, const Filter& filter) {
    if (filter.key == "name") return matches_name(row.value("name", ""), filter.value);
    if (filter.key == "driver") return row.value("driver", "local") == filter.value;
    if (filter.key == "label")
        return has_label(row.value("labels", nlohmann::json::object()), filter.value);
    return (row.value("containers", nlohmann::json()).empty()) ==
           parse_bool(filter.value).value_or(true);
}

} // namespace

int volume_list(Client& client, const Arguments& arguments) {
    bool quiet = false;
    std::string format;
    std::vector<std::string> filter_texts;
    Options options("volume ls", "", "List volumes");
    options.list("-f,--filter", "KEY=VALUE", filter_texts,
                 "Only some: name, label, driver, dangling");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("-q,--quiet", quiet, "Only names");
    if (!options.parse(arguments)) return 0;
    const auto filters = parse_filters(filter_texts, {"name", "label", "driver", "dangling"});
    std::vector<nlohmann::json> rows;
    for (const auto& dict :
         client.manager("ListVolumes", bus::Dict()).read<std::vector<bus::Dict>>()) {
        const auto row = to_json(dict);
        if (!std::all_of(filters.begin(), filters.end(),
                         [&](const Filter& filter) { return passes(row, filter); }))
            continue;
        rows.push_back({{"Driver", row.value("driver", "local")},
                        {"Name", row.value("name", "")},
                        {"Mountpoint", row.value("mountpoint", "")},
                        {"Scope", "local"},
                        {"Labels", labels_text(row.value("labels", nlohmann::json::object()))},
                        {kLabels, row.value("labels", nlohmann::json::object())}});
    }
    print_list(rows,
               {{"Driver", "DRIVER"},
                {"Name", "VOLUME NAME"},
                {"Mountpoint", "MOUNTPOINT", false},
                {"Scope", "SCOPE", false},
                {"Labels", "LABELS", false}},
               {format, quiet, "Name"});
    return 0;
}

int volume_create(Client& client, const Arguments& arguments) {
    std::optional<std::string> driver;
    std::vector<std::string> labels;
    Options options("volume create", "[NAME]", "Make a volume");
    options.value("-d,--driver", "DRIVER", driver, "local is the only one");
    options.list("--label", "KEY=VALUE", labels, "Attach a label");
    options.refused("-o,--opt", "KEY=VALUE",
                    "not supported yet: mount what is on this machine with -v /path:/path");
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    bus::Dict request;
    if (driver && *driver != "local")
        throw UsageError("there is no volume driver '" + base::printable(*driver) +
                         "': local is the only one");
    if (!labels.empty()) request.set("labels", key_values(labels));
    const std::string name = names->empty() ? std::string() : names->front();
    std::puts(client.manager("CreateVolume", name, request).read<std::string>().c_str());
    return 0;
}

int volume_remove(Client& client, const Arguments& arguments) {
    return remove_each(client, arguments,
                       {"volume rm", "VOLUME...", "Remove volumes", "RemoveVolume"});
}

} // namespace berth::cli
