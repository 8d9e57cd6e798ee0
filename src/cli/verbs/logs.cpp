// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "log_stream.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <base/strings.hpp>

namespace berth::cli {

int logs(Client& client, const Arguments& arguments) {
    LogChoice choice;
    std::string tail = "all";
    std::optional<std::string> since;
    std::optional<std::string> until;
    bool details = false;
    Options options("logs", "CONTAINER", "Show what a container wrote");
    options.flag("-f,--follow", choice.follow, "Go on until it ends");
    options.value("-n,--tail", "NUMBER", tail, "Only so many lines from the end (default all)");
    options.value("--since", "TIME", since, "Only what was written after: 10m, 2026-01-31T12:00");
    options.value("--until", "TIME", until, "Only what was written before");
    options.flag("-t,--timestamps", choice.timestamps, "Put the time before each line");
    options.flag("--details", details, "");
    options.hide();
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    if (tail != "all" && tail != "-1") {
        choice.tail = base::parse_number(tail);
        if (!choice.tail)
            throw UsageError("invalid value '" + base::printable(tail) +
                             "' for --tail: it takes a number or all");
    }
    const std::uint64_t now = now_usec();
    if (since) choice.since = parse_time(*since, now);
    if (until) choice.until = parse_time(*until, now);
    LogStream(client, client.container(names->front()), choice).print_all();
    return 0;
}

} // namespace berth::cli
