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

int network_create(Client& client, const Arguments& arguments) {
    std::optional<std::string> driver;
    std::optional<std::string> interface;
    bool internal = false;
    std::vector<std::string> subnets;
    std::vector<std::string> gateways;
    std::vector<std::string> ranges;
    std::vector<std::string> own;
    Options options("network create", "NAME", "Make a network");
    options.value("-d,--driver", "PLUGIN", driver, "Network plugin (default: bridge)");
    options.list("--subnet", "CIDR", subnets,
                 "Addresses, one range of IPv4 and one of IPv6 (default: free ones)");
    options.list("--gateway", "ADDRESS", gateways, "The host's address in a subnet");
    options.list("--ip-range", "CIDR", ranges, "Part of a subnet that containers get");
    options.flag("--internal", internal, "No way out");
    options.value("--interface-name", "NAME", interface, "Name of its interface on the host");
    options.list("-o,--opt", "KEY=VALUE", own, "Option of the plugin, as mtu=1400");
    options.accepted("--ipv6");
    options.accepted("--attachable");
    options.refused("--label", "KEY=VALUE", "not supported yet: networks have no labels");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    bus::Dict request;
    request.set_if("driver", driver);
    request.set_if("interface", interface);
    if (!subnets.empty()) request.set("subnets", subnets);
    if (!gateways.empty()) request.set("gateways", gateways);
    if (!ranges.empty()) request.set("ip_ranges", ranges);
    if (internal) request.set("internal", true);
    if (!own.empty()) request.set("options", key_values(own));
    std::puts(client.manager("CreateNetwork", names->front(), request).read<std::string>().c_str());
    return 0;
}

int network_remove(Client& client, const Arguments& arguments) {
    return remove_each(client, arguments,
                       {"network rm", "NETWORK...", "Remove networks", "RemoveNetwork"});
}

} // namespace berth::cli
