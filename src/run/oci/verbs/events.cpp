// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <ctime>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 2> kEventsOptions{
    {{"stats", 0, "", "prints once what the container uses"},
     {"interval", 0, "SECONDS", "otherwise: how often, until it ends; the default is 5"}}};

using Json = nlohmann::json;

/// The content of one of the cgroup's files, empty where its controller is not there.
std::string file(const std::string& cgroup, const char* name) {
    const auto path = cgroup + "/" + name;
    if (::access(path.c_str(), R_OK) < 0) return {};
    return std::string(base::trim(base::read_file(path, 65536)));
}

/// "usage_usec 5\nuser_usec 3" as an object of numbers.
Json keyed(const std::string& text) {
    Json json = Json::object();
    for (const auto& line : base::split(text, '\n')) {
        const auto blank = line.find(' ');
        if (blank == std::string::npos) continue;
        if (const auto value = base::parse_number(line.substr(blank + 1))) {
            json[line.substr(0, blank)] = *value;
        }
    }
    return json;
}

/// "max" is no limit, and left out.
void put(Json& json, const char* name, const std::string& text) {
    if (const auto value = base::parse_number(text)) json[name] = *value;
}

Json stats(const State& state) {
    Json memory = Json::object();
    put(memory["usage"], "usage", file(state.cgroup, "memory.current"));
    put(memory["usage"], "max", file(state.cgroup, "memory.peak"));
    put(memory["usage"], "limit", file(state.cgroup, "memory.max"));
    memory["raw"] = keyed(file(state.cgroup, "memory.stat"));
    const auto cpu = keyed(file(state.cgroup, "cpu.stat"));
    const auto nanoseconds = [&](const char* key) { return cpu.value(key, 0ULL) * 1000; };
    Json pids = Json::object();
    put(pids, "current", file(state.cgroup, "pids.current"));
    put(pids, "limit", file(state.cgroup, "pids.max"));
    return {{"type", "stats"},
            {"id", state.id},
            {"data",
             {{"cpu",
               {{"usage",
                 {{"total", nanoseconds("usage_usec")},
                  {"user", nanoseconds("user_usec")},
                  {"kernel", nanoseconds("system_usec")}}},
                {"throttling",
                 {{"periods", cpu.value("nr_periods", 0ULL)},
                  {"throttledPeriods", cpu.value("nr_throttled", 0ULL)},
                  {"throttledTime", nanoseconds("throttled_usec")}}}}},
              {"memory", memory},
              {"pids", pids}}}};
}

int events(const Globals& globals, const Arguments& arguments) {
    const auto& id = arguments.only("container's id");
    const bool once = arguments.is_on("stats");
    const timespec pause{static_cast<time_t>(arguments.number("interval", 86400).value_or(5)), 0};
    for (;;) {
        const auto found = find_container(globals, id);
        if (!once && found.status == Status::Stopped) return 0;
        require_status(found, {Status::Created, Status::Running, Status::Paused}, "watch");
        if (found.state.cgroup.empty()) {
            throw Error(ErrorCode::Unsupported,
                        "the container has no cgroup of its own that would tell what it uses");
        }
        print(stats(found.state).dump());
        if (once) return 0;
        ::nanosleep(&pause, nullptr);
    }
}

} // namespace

const Verb kEventsVerb{"events",       "CONTAINER", "tell what a container uses",
                       kEventsOptions, Order::Any,  events};

} // namespace berth::run::oci
