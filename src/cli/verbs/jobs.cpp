// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

const std::vector<Field>& jobs_fields() {
    static const std::vector<Field> list = {
        {"ID", "JOB"},      {"Operation", "OPERATION"}, {"Description", "DESCRIPTION", true, 1, 12},
        {"State", "STATE"}, {"Progress", "PROGRESS"},   {"Started", "STARTED", true, 2}};
    return list;
}

std::string progress(const bus::Dict& row) {
    const auto done = row.get_or<std::uint64_t>("bytes_done", 0);
    const auto total = row.get_or<std::uint64_t>("bytes", 0);
    if (row.get_or<std::string>("state", "") != "running" || done == 0) return "";
    return total == 0 ? human_size(done) : human_size(done) + "/" + human_size(total);
}

} // namespace

int jobs(Client& client, const Arguments& arguments) {
    bool all = false;
    bool quiet = false;
    std::string format;
    Options options("jobs", "", "List what berth is doing in the background");
    options.flag("-a,--all", all, "Also what has ended a short while ago");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("-q,--quiet", quiet, "Only numbers");
    if (!options.parse(arguments)) return 0;
    const std::uint64_t now = now_usec();
    std::vector<nlohmann::json> rows;
    for (const auto& row : client.manager("ListJobs", bus::Dict()).read<std::vector<bus::Dict>>()) {
        const auto state = row.get_or<std::string>("state", "");
        if (!all && state != "running") continue;
        const auto started = row.get_or<std::uint64_t>("started", 0);
        rows.push_back({{"ID", std::to_string(row.get_or<std::uint64_t>("id", 0))},
                        {"Operation", row.get_or<std::string>("operation", "")},
                        {"Description", row.get_or<std::string>("description", "")},
                        {"State", state},
                        {"Progress", progress(row)},
                        {"Started", human_duration(now > started ? now - started : 0) + " ago"}});
    }
    print_list(rows, jobs_fields(), {format, quiet});
    return 0;
}

} // namespace berth::cli
