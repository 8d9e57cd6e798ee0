// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "refused_flags.hpp"
#include "terminal.hpp"
#include "verb.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

constexpr std::size_t kCreatedByColumns = 45;

const std::vector<Field>& history_fields() {
    static const std::vector<Field> list = {{"ID", "IMAGE"},
                                            {"CreatedSince", "CREATED", true, 2},
                                            {"CreatedBy", "CREATED BY", true, 0, 12},
                                            {"Size", "SIZE"},
                                            {"Comment", "COMMENT", true, 1, 10},
                                            {"CreatedAt", "CREATED AT", false}};
    return list;
}

nlohmann::json row_of(const bus::Dict& entry, bool human, bool truncate) {
    const auto created = entry.get_or<std::uint64_t>("created", 0);
    const auto size = entry.get_or<std::uint64_t>("size", 0);
    const std::uint64_t now = now_usec();
    std::string id = entry.get_or<std::string>("id", "<missing>");
    if (id.empty()) id = "<missing>";
    std::string by = entry.get_or<std::string>("created_by", "");
    std::replace(by.begin(), by.end(), '\t', ' ');
    std::string since = human_duration(now > created ? now - created : 0) + " ago";
    if (created == 0)
        since = "N/A";
    else if (!human)
        since = rfc3339(created);
    return {{"ID", truncate && id != "<missing>" ? short_id(id) : id},
            {"CreatedSince", since},
            {"CreatedAt", created == 0 ? "" : rfc3339(created)},
            {"CreatedBy", truncate ? truncated(by, kCreatedByColumns) : by},
            {"Size", human ? human_size(size) : std::to_string(size)},
            {"Comment", entry.get_or<std::string>("comment", "")}};
}

} // namespace

int history(Client& client, const Arguments& arguments) {
    bool human = true;
    bool no_trunc = false;
    bool quiet = false;
    std::string format;
    Options options("history", "IMAGE", "Show how an image was made, newest step first");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("-H,--human", human, "Sizes and dates for people");
    options.flag("--no-trunc", no_trunc, "Whole IDs and commands");
    options.flag("-q,--quiet", quiet, "Only IDs");
    refuse_platform(options);
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    std::vector<nlohmann::json> rows;
    for (const auto& entry : client.on(client.image(names->front()), kImageInterface, "History")
                                 .read<std::vector<bus::Dict>>())
        rows.push_back(row_of(entry, human, !no_trunc));
    print_list(rows, history_fields(), {format, quiet, "ID", !no_trunc});
    return 0;
}

} // namespace berth::cli
