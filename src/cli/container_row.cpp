// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_row.hpp"

#include "human.hpp"
#include "options.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <map>
#include <regex>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

using Json = nlohmann::json;

std::string text(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

std::uint64_t number(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::vector<std::string> texts(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_array() ? found->get<std::vector<std::string>>()
                                                   : std::vector<std::string>{};
}

std::string ago(std::uint64_t then, std::uint64_t now) {
    return human_duration(now > then ? now - then : 0) + " ago";
}

std::string exit_code(const Json& row) {
    const auto found = row.find("exit_code");
    return found != row.end() && found->is_number_integer() ? found->dump() : "0";
}

std::string command_text(const Json& row, bool truncate) {
    const auto found = row.find("command");
    std::string command = found != row.end() && found->is_array()
                              ? base::join(found->get<std::vector<std::string>>(), " ")
                              : text(row, "command");
    if (truncate) command = truncated(command, 20);
    return "\"" + command + "\"";
}

std::string names_text(const Json& row) {
    const auto names = texts(row, "names");
    return names.empty() ? text(row, "name") : base::join(names, ",");
}

// An image that is known by nothing but its digest prints short, as docker's.
std::string image_text(const Json& row, bool truncate) {
    const std::string image = text(row, "image");
    const bool digest = image.starts_with("sha256:");
    return truncate && (digest || image.empty()) ? short_id(text(row, "image_id")) : image;
}

std::string size_text(const Json& row) {
    if (!row.contains("size_rw")) return "";
    std::string size = human_size(number(row, "size_rw"));
    if (row.contains("size_root"))
        size += " (virtual " + human_size(number(row, "size_root")) + ")";
    return size;
}

bool same_image(const Json& row, const std::string& wanted) {
    const std::string image = text(row, "image");
    const std::string id = plain_id(text(row, "image_id"));
    const std::string tag = wanted.find(':') == std::string::npos ? wanted + ":latest" : wanted;
    return image == wanted || image == tag || image + ":latest" == tag ||
           (wanted.size() >= 4 && id.starts_with(plain_id(wanted)));
}

bool any_contains(const std::vector<std::string>& list, const std::string& wanted) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& item) {
        return item == wanted || item.find(wanted) != std::string::npos;
    });
}

// "8080" or "8080/tcp" of "0.0.0.0:8080->80/tcp".
bool publishes(const Json& row, const std::string& wanted) {
    const auto ports = texts(row, "ports");
    const std::string port = wanted.substr(0, wanted.find('/'));
    return std::any_of(ports.begin(), ports.end(), [&](const std::string& item) {
        return item.find(":" + port + "->") != std::string::npos;
    });
}

bool exposes(const Json& row, const std::string& wanted) {
    const auto ports = texts(row, "ports");
    const std::string port = wanted.find('/') == std::string::npos ? wanted + "/tcp" : wanted;
    return std::any_of(ports.begin(), ports.end(), [&](const std::string& item) {
        return item == port || item.ends_with("->" + port);
    });
}

bool passes(const Json& row, const Filter& filter) {
    const auto& value = filter.value;
    if (filter.key == "id") return text(row, "id").starts_with(value);
    if (filter.key == "name") return matches_name(names_text(row), value);
    if (filter.key == "label") return has_label(row.value("labels", Json::object()), value);
    if (filter.key == "status") return text(row, "state") == value;
    if (filter.key == "exited") return text(row, "state") == "exited" && exit_code(row) == value;
    if (filter.key == "ancestor") return same_image(row, value);
    if (filter.key == "network") return any_contains(texts(row, "networks"), value);
    if (filter.key == "volume") return any_contains(texts(row, "mounts"), value);
    if (filter.key == "publish") return publishes(row, value);
    if (filter.key == "expose") return exposes(row, value);
    if (filter.key == "health") {
        const std::string health = text(row, "health");
        return (health.empty() ? "none" : health) == value;
    }
    return true; // before and since need the other container
}

// "before=NAME" and "since=NAME" compare with that container's time of creation.
std::uint64_t created_of(const std::vector<Json>& rows, const std::string& name) {
    for (const auto& row : rows) {
        if (text(row, "name") == name || (!name.empty() && text(row, "id").starts_with(name)))
            return number(row, "created");
    }
    throw Error(ErrorCode::NotFound, "no such container: " + base::printable(name));
}

} // namespace

bool matches_name(const std::string& name, const std::string& pattern) {
    if (pattern.size() > 256) throw UsageError("the name to filter by is too long");
    try {
        return std::regex_search(name, std::regex(pattern, std::regex::extended));
    } catch (const std::regex_error&) {
        return name.find(pattern) != std::string::npos;
    }
}

std::string status_text(const Json& row, std::uint64_t now) {
    const std::string given = text(row, "status_text");
    if (!given.empty()) return given;
    const std::string state = text(row, "state");
    const std::uint64_t started = number(row, "started");
    const std::uint64_t finished = number(row, "finished");
    const std::string up = "Up " + human_duration(now > started ? now - started : 0);
    if (state == "running") return up;
    if (state == "paused") return up + " (Paused)";
    if (state == "restarting")
        return "Restarting (" + exit_code(row) + ") " +
               ago(finished == 0 ? started : finished, now);
    if (state == "exited") return "Exited (" + exit_code(row) + ") " + ago(finished, now);
    if (state == "created") return "Created";
    if (state == "dead") return "Dead";
    return state;
}

Json container_fields(const Json& row, std::uint64_t now, bool truncate) {
    const std::string id = text(row, "id");
    Json fields = {
        {"ID", truncate ? id.substr(0, 12) : id},
        {"Names", names_text(row)},
        {"Image", image_text(row, truncate)},
        {"Command", command_text(row, truncate)},
        {"CreatedAt", date_text(number(row, "created"))},
        {"RunningFor", ago(number(row, "created"), now)},
        {"Status", status_text(row, now)},
        {"State", text(row, "state")},
        {"Ports", base::join(texts(row, "ports"), ", ")},
        {"Labels", labels_text(row.value("labels", Json::object()))},
        {kLabels, row.value("labels", Json::object())},
        {"Mounts", base::join(texts(row, "mounts"), ",")},
        {"Networks", base::join(texts(row, "networks"), ",")},
        {"LocalVolumes", std::to_string(texts(row, "mounts").size())},
        {"Size", size_text(row)},
        {"Unit", text(row, "unit")},
    };
    return fields;
}

const std::vector<std::string>& container_filter_keys() {
    static const std::vector<std::string> keys = {
        "id",     "name",    "label",  "status", "exited", "ancestor", "network",
        "volume", "publish", "expose", "health", "before", "since"};
    return keys;
}

std::vector<Json> filtered_containers(std::vector<Json> rows, const std::vector<Filter>& filters) {
    for (const auto& filter : filters) {
        if (filter.key == "status")
            check_filter_value(filter, {"created", "restarting", "running", "removing", "paused",
                                        "exited", "dead"});
        if (filter.key == "health")
            check_filter_value(filter, {"starting", "healthy", "unhealthy", "none"});
    }
    std::map<std::string, std::vector<const Filter*>> by_key;
    for (const auto& filter : filters)
        by_key[filter.key].push_back(&filter);
    const std::vector<Json> all = rows;
    const auto rejected = [&](const Json& row) {
        for (const auto& [key, wanted] : by_key) {
            const auto holds = [&](const Filter* filter) {
                if (key == "before") return number(row, "created") < created_of(all, filter->value);
                if (key == "since") return number(row, "created") > created_of(all, filter->value);
                return passes(row, *filter);
            };
            const bool ok = key == "label" ? std::all_of(wanted.begin(), wanted.end(), holds)
                                           : std::any_of(wanted.begin(), wanted.end(), holds);
            if (!ok) return true;
        }
        return false;
    };
    rows.erase(std::remove_if(rows.begin(), rows.end(), rejected), rows.end());
    return rows;
}

} // namespace berth::cli
