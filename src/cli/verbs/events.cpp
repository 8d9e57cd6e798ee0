// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_row.hpp"
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

struct Event {
    std::uint64_t usec = 0;
    std::string kind;
    std::string action;
    std::string id;
    bus::StringMap attributes;
};

std::string attribute(const Event& event, const std::string& key) {
    const auto found = event.attributes.find(key);
    return found == event.attributes.end() ? "" : found->second;
}

bool passes(const Event& event, const Filter& filter) {
    const auto& value = filter.value;
    if (filter.key == "type") return event.kind == value;
    if (filter.key == "event") return event.action == value;
    if (filter.key == "label") {
        const std::size_t equals = value.find('=');
        const auto found = event.attributes.find(value.substr(0, equals));
        return found != event.attributes.end() &&
               (equals == std::string::npos || found->second == value.substr(equals + 1));
    }
    if (filter.key == "image" && event.kind != "image") return attribute(event, "image") == value;
    return event.kind == filter.key &&
           (event.id.starts_with(value) || attribute(event, "name") == value);
}

std::string line_of(const Event& event) {
    std::string line =
        rfc3339_nano(event.usec) + " " + event.kind + " " + event.action + " " + event.id;
    std::string attributes;
    for (const auto& [key, value] : event.attributes)
        attributes += (attributes.empty() ? "" : ", ") + key + "=" + value;
    if (!attributes.empty()) line += " (" + attributes + ")";
    return line;
}

nlohmann::json object_of(const Event& event) {
    return {{"Type", event.kind},
            {"Action", event.action},
            {"Status", event.action},
            {"ID", event.id},
            {"Actor", {{"ID", event.id}, {"Attributes", event.attributes}}},
            {"Time", event.usec / 1'000'000},
            {"TimeNano", event.usec * 1000}};
}

} // namespace

int events(Client& client, const Arguments& arguments) {
    std::vector<std::string> filter_texts;
    std::string format;
    std::optional<std::string> since;
    std::optional<std::string> until;
    Options options("events", "", "Show what happens, as it happens");
    options.list("-f,--filter", "KEY=VALUE", filter_texts,
                 "Only some: type, event, container, image, volume, network, label");
    options.value("--format", "FORMAT", format, "json or a Go template");
    options.value("--since", "TIME", since, "");
    options.hide();
    options.value("--until", "TIME", until, "Stop at that time");
    if (!options.parse(arguments)) return 0;
    if (since) throw UsageError("--since: past events are in the journal: 'journalctl -u berthd'");
    const auto filters = parse_filters(
        filter_texts, {"type", "event", "container", "image", "volume", "network", "label"});
    const auto handle = [&](bus::Message signal) {
        Event event;
        event.usec = signal.read<std::uint64_t>();
        event.kind = signal.read<std::string>();
        event.action = signal.read<std::string>();
        event.id = signal.read<std::string>();
        event.attributes = signal.read<bus::StringMap>();
        const bool wanted = std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
            return std::any_of(filters.begin(), filters.end(), [&](const Filter& other) {
                return other.key == filter.key && passes(event, other);
            });
        });
        if (!wanted) return;
        if (format.empty())
            std::printf("%s\n", safe_output(line_of(event)).c_str());
        else
            print_formatted(object_of(event), format);
        std::fflush(stdout);
    };
    const auto slot = client.bus().match("type='signal',sender='org.berth1',path='/org/berth1',"
                                         "interface='org.berth1.Manager',member='Event'",
                                         handle);
    bool over = false;
    bus::Source timer;
    if (until) {
        const std::uint64_t now = now_usec();
        const std::uint64_t end = parse_time(*until, now);
        timer = client.event().add_timer(end > now ? end - now : 0, [&] { over = true; });
    }
    while (!over)
        client.event().turn(UINT64_MAX);
    return 0;
}

} // namespace berth::cli
