// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "container_row.hpp"
#include "human.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct PsFlags {
    bool all = false;
    bool quiet = false;
    bool no_trunc = false;
    bool size = false;
    bool latest = false;
    std::optional<std::string> last;
    std::string format;
    std::vector<std::string> filters;
};

std::vector<Field> fields(bool size) {
    return {{"ID", "CONTAINER ID"},
            {"Image", "IMAGE", true, 0, 12},
            {"Command", "COMMAND", true, 2, 8},
            {"RunningFor", "CREATED", true, 3},
            {"Status", "STATUS", true, 0, 12},
            {"Ports", "PORTS", true, 1, 12},
            {"Size", "SIZE", size},
            {"Names", "NAMES"},
            {"CreatedAt", "CREATED AT", false},
            {"State", "STATE", false},
            {"Labels", "LABELS", false},
            {"Mounts", "MOUNTS", false},
            {"Networks", "NETWORKS", false},
            {"LocalVolumes", "LOCAL VOLUMES", false},
            {"Unit", "UNIT", false}};
}

std::optional<std::size_t> count_of(const PsFlags& flags) {
    if (flags.latest) return 1;
    if (!flags.last || *flags.last == "-1") return std::nullopt;
    const auto number = base::parse_number(*flags.last, 1'000'000);
    if (!number) throw UsageError("invalid value for --last: it takes a whole number");
    return *number;
}

std::vector<nlohmann::json> list_containers(Client& client, const PsFlags& flags,
                                            const std::vector<Filter>& filters) {
    // These look at containers that don't run.
    const bool ended = std::any_of(filters.begin(), filters.end(), [](const Filter& filter) {
        return filter.key == "status" || filter.key == "exited";
    });
    bus::Dict request;
    request.set("all", flags.all || ended || count_of(flags).has_value());
    if (flags.size) request.set("size", true);
    std::vector<nlohmann::json> rows;
    for (const auto& row : client.manager("ListContainers", request).read<std::vector<bus::Dict>>())
        rows.push_back(to_json(row));
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.value("created", 0ULL) > b.value("created", 0ULL);
    });
    return filtered_containers(std::move(rows), filters);
}

} // namespace

int ps(Client& client, const Arguments& arguments) {
    PsFlags flags;
    Options options("ps", "", "List containers");
    options.flag("-a,--all", flags.all, "Also those that don't run");
    options.list("-f,--filter", "KEY=VALUE", flags.filters,
                 "Only some: id, name, label, status, exited, ancestor, network, volume, publish, "
                 "expose, health, before, since");
    options.value("--format", "FORMAT", flags.format, "json, 'table TEMPLATE' or a Go template");
    options.value("-n,--last", "NUMBER", flags.last, "The newest so many, in any state");
    options.flag("-l,--latest", flags.latest, "The newest one, in any state");
    options.flag("--no-trunc", flags.no_trunc, "Whole IDs and commands");
    options.flag("-q,--quiet", flags.quiet, "Only IDs");
    options.flag("-s,--size", flags.size, "Also the size on disk");
    if (!options.parse(arguments)) return 0;
    // As docker's: a template that shows the size has it measured.
    if (flags.format.find(".Size") != std::string::npos) flags.size = true;
    auto rows =
        list_containers(client, flags, parse_filters(flags.filters, container_filter_keys()));
    if (const auto count = count_of(flags)) rows.resize(std::min(rows.size(), *count));
    const std::uint64_t now = now_usec();
    for (auto& row : rows)
        row = container_fields(row, now, !flags.no_trunc);
    print_list(rows, fields(flags.size), {flags.format, flags.quiet, "ID", !flags.no_trunc});
    return 0;
}

} // namespace berth::cli
