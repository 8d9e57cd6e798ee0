// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <nlohmann/json.hpp>
#include <pwd.h>

#include <base/log.hpp>
#include <berth/error.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 2> kListOptions{
    {{"quiet", 'q', "", "prints the ids alone"}, {"format", 'f', "FORMAT", "table or json"}}};

struct Row {
    State state;
    Status status = Status::Stopped;
    std::string json;
};

/// A container may go away while it is looked at.
std::vector<Row> rows(const Globals& globals) {
    std::vector<Row> result;
    for (const auto& id : list_ids(globals.root)) {
        try {
            const auto found = find_container(globals, id);
            result.push_back({found.state, found.status,
                              state_json(found.state, found.status, found.dir.load_config())});
        } catch (const Error& error) {
            log::warning("container '%s': %s", id.c_str(), error.what());
        }
    }
    return result;
}

std::string owner_name(uid_t owner) {
    const passwd* entry = ::getpwuid(owner);
    return entry == nullptr ? "#" + std::to_string(owner) : entry->pw_name;
}

void print_table(const std::vector<Row>& rows) {
    std::vector<std::array<std::string, 6>> lines{
        {"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
    for (const auto& row : rows) {
        const auto pid = row.status == Status::Stopped ? 0 : row.state.pid;
        lines.push_back({row.state.id, std::to_string(pid), status_name(row.status),
                         row.state.bundle, row.state.created, owner_name(row.state.owner)});
    }
    std::array<std::size_t, 6> widths{};
    for (const auto& line : lines) {
        for (std::size_t column = 0; column < line.size(); ++column)
            widths.at(column) = std::max(widths.at(column), line.at(column).size());
    }
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t column = 0; column + 1 < line.size(); ++column) {
            text += line.at(column);
            text.append(widths.at(column) - line.at(column).size() + 2, ' ');
        }
        print(text + line.back());
    }
}

int list(const Globals& globals, const Arguments& arguments) {
    if (!arguments.rest().empty())
        throw Error(ErrorCode::InvalidArgument, "list takes no argument");
    const auto format = arguments.text("format", "table");
    const auto found = rows(globals);
    if (arguments.is_on("quiet")) {
        for (const auto& row : found)
            print(row.state.id);
    } else if (format == "json") {
        auto all = nlohmann::json::array();
        for (const auto& row : found)
            all.push_back(nlohmann::json::parse(row.json));
        print(all.dump());
    } else if (format == "table") {
        print_table(found);
    } else {
        throw Error(ErrorCode::InvalidArgument, "--format is table or json");
    }
    return 0;
}

} // namespace

const Verb kListVerb{"list", "", "list the containers", kListOptions, Order::Any, list};

} // namespace berth::run::oci
