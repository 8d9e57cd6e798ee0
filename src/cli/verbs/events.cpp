// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_row.hpp"
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>

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

/// The body of the signal Event, and of a row of ListEvents.
Event read_event(bus::Message& message) {
    Event event;
    event.usec = message.read<std::uint64_t>();
    event.kind = message.read<std::string>();
    event.action = message.read<std::string>();
    event.id = message.read<std::string>();
    event.attributes = message.read<bus::StringMap>();
    return event;
}

std::vector<Event> past_events(Client& client, std::uint64_t since) {
    using Row = std::tuple<std::uint64_t, std::string, std::string, std::string, bus::StringMap>;
    std::vector<Event> events;
    auto reply = client.manager("ListEvents", bus::Dict{{"since", since}});
    for (auto& [usec, kind, action, id, attributes] : reply.read<std::vector<Row>>())
        events.push_back({usec, kind, action, id, attributes});
    return events;
}

class EventPrinter {
  public:
    EventPrinter(std::vector<Filter> filters, std::string format)
        : filters_(std::move(filters)), format_(std::move(format)) {}

    void print(const Event& event) const {
        if (!wanted(event)) return;
        if (format_.empty())
            std::printf("%s\n", safe_output(line_of(event)).c_str());
        else
            print_formatted(object_of(event), format_);
        std::fflush(stdout);
    }

  private:
    // Of each key that is asked for, one value has to fit.
    [[nodiscard]] bool wanted(const Event& event) const {
        return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
            return std::any_of(filters_.begin(), filters_.end(), [&](const Filter& other) {
                return other.key == filter.key && passes(event, other);
            });
        });
    }

    std::vector<Filter> filters_;
    std::string format_;
};

int show_events(Client& client, const EventPrinter& printer, std::optional<std::uint64_t> since,
                std::uint64_t until) {
    // Listened to before the past is asked for, so that nothing falls between.
    std::vector<Event> early;
    bool listed = false;
    const auto slot = client.bus().match("type='signal',sender='org.berth1',path='/org/berth1',"
                                         "interface='org.berth1.Manager',member='Event'",
                                         [&](bus::Message signal) {
                                             const Event event = read_event(signal);
                                             if (listed)
                                                 printer.print(event);
                                             else
                                                 early.push_back(event);
                                         });
    std::uint64_t last = 0;
    if (since) {
        for (const auto& event : past_events(client, *since)) {
            if (event.usec > until) return 0;
            printer.print(event);
            last = event.usec;
        }
    }
    listed = true;
    for (const auto& event : early) {
        if (event.usec > last) printer.print(event);
    }
    bool over = false;
    bus::Source timer;
    if (until != UINT64_MAX) {
        const std::uint64_t now = now_usec();
        timer = client.event().add_timer(until > now ? until - now : 0, [&] { over = true; });
    }
    while (!over)
        client.event().turn(UINT64_MAX);
    return 0;
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
    options.value("--since", "TIME", since, "Also what has happened since then");
    options.value("--until", "TIME", until, "Stop at that time");
    if (!options.parse(arguments)) return 0;
    const EventPrinter printer(parse_filters(filter_texts, {"type", "event", "container", "image",
                                                            "volume", "network", "label"}),
                               format);
    const std::uint64_t now = now_usec();
    return show_events(client, printer,
                       since ? std::optional(parse_time(*since, now)) : std::nullopt,
                       until ? parse_time(*until, now) : UINT64_MAX);
}

} // namespace berth::cli
