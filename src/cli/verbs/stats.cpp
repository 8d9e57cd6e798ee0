// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kInterval = 1'000'000;

struct Sample {
    std::uint64_t time = 0;
    std::uint64_t cpu_usec = 0;
};

struct Watched {
    std::string name;
    std::string id;
    std::string path;
};

const std::vector<Field>& stats_fields() {
    static const std::vector<Field> list = {{"ID", "CONTAINER ID", true, 1},
                                            {"Name", "NAME", true, 0, 10},
                                            {"CPUPerc", "CPU %"},
                                            {"MemUsage", "MEM USAGE / LIMIT"},
                                            {"MemPerc", "MEM %", true, 4},
                                            {"NetIO", "NET I/O", true, 3},
                                            {"BlockIO", "BLOCK I/O", true, 3},
                                            {"PIDs", "PIDS", true, 2},
                                            {"Container", "CONTAINER", false}};
    return list;
}

std::string percent(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.2f%%", value);
    return text.data();
}

std::string pair(const bus::Dict& stats, const char* first, const char* second,
                 std::string (*human)(std::uint64_t)) {
    const auto a = stats.find<std::uint64_t>(first);
    const auto b = stats.find<std::uint64_t>(second);
    if (!a && !b) return "--";
    return human(a.value_or(0)) + " / " + human(b.value_or(0));
}

class StatsView {
  public:
    StatsView(Client& client, bool truncate) : client_(client), truncate_(truncate) {}

    nlohmann::json row(const Watched& container) {
        bus::Dict stats;
        try {
            stats = client_.on(container.path, kContainerInterface, "Stats", bus::Dict())
                        .read<bus::Dict>();
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Busy && error.code() != ErrorCode::NotFound) throw;
        }
        const auto used = stats.get_or<std::uint64_t>("memory", 0);
        const auto limit = stats.get_or<std::uint64_t>("memory_limit", 0);
        const bool known = stats.has("memory");
        return {
            {"ID", truncate_ ? container.id.substr(0, 12) : container.id},
            {"Container", container.id.substr(0, 12)},
            {"Name", container.name},
            {"CPUPerc", cpu(container.id, stats)},
            {"MemUsage", known ? human_memory(used) + " / " +
                                     (limit == 0 ? std::string("--") : human_memory(limit))
                               : "-- / --"},
            {"MemPerc", known && limit > 0
                            ? percent(static_cast<double>(used) * 100 / static_cast<double>(limit))
                            : "--"},
            {"NetIO", pair(stats, "net_rx", "net_tx", human_size)},
            {"BlockIO", pair(stats, "io_read", "io_write", human_size)},
            {"PIDs", stats.has("pids") ? std::to_string(stats.get<std::uint64_t>("pids")) : "--"}};
    }

  private:
    std::string cpu(const std::string& id, const bus::Dict& stats) {
        const auto used = stats.find<std::uint64_t>("cpu_usec");
        if (!used) return "--";
        const Sample now{now_usec(), *used};
        const Sample before = std::exchange(last_[id], now);
        if (before.time == 0 || now.time <= before.time || now.cpu_usec < before.cpu_usec)
            return percent(0);
        return percent(static_cast<double>(now.cpu_usec - before.cpu_usec) * 100 /
                       static_cast<double>(now.time - before.time));
    }

    Client& client_;
    bool truncate_;
    std::map<std::string, Sample> last_;
};

std::vector<Watched> watched(Client& client, const std::vector<std::string>& names, bool all) {
    std::vector<Watched> list;
    if (names.empty()) {
        for (const auto& row : client.manager("ListContainers", bus::Dict{{"all", all}})
                                   .read<std::vector<bus::Dict>>()) {
            const auto id = row.get<std::string>("id");
            list.push_back({row.get_or<std::string>("name", ""), id, client.container(id)});
        }
    }
    for (const auto& name : names) {
        const auto path = client.container(name);
        const auto properties = client.properties(path, kContainerInterface);
        list.push_back({properties.get_or<std::string>("Name", name),
                        properties.get_or<std::string>("Id", ""), path});
    }
    return list;
}

} // namespace

int stats(Client& client, const Arguments& arguments) {
    bool all = false;
    bool once = false;
    bool no_trunc = false;
    std::string format;
    Options options("stats", "[CONTAINER...]", "Show what containers use, again each second");
    options.flag("-a,--all", all, "Also those that don't run");
    options.flag("--no-stream", once, "Only once");
    options.flag("--no-trunc", no_trunc, "Whole IDs");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.need(0, SIZE_MAX);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    StatsView view(client, !no_trunc);
    const bool redraw = ::isatty(STDOUT_FILENO) != 0 && !once;
    for (const auto& container : watched(client, *names, all))
        static_cast<void>(view.row(container)); // the first sample of a rate
    for (;;) {
        ::usleep(kInterval);
        std::vector<nlohmann::json> rows;
        for (const auto& container : watched(client, *names, all))
            rows.push_back(view.row(container));
        if (redraw) std::fputs("\x1b[H\x1b[2J", stdout);
        print_list(rows, stats_fields(), {format, false, "ID", !no_trunc});
        std::fflush(stdout);
        if (once) return 0;
    }
}

} // namespace berth::cli
