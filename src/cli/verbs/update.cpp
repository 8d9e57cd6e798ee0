// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cpu_quota.hpp"
#include "options.hpp"
#include "refused_flags.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>
#include <deque>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct Limit {
    const char* names;
    const char* meta;
    const char* key;
    const char* help;
    std::optional<std::string> value = std::nullopt;
};

std::deque<Limit> limits() {
    return {{"-m,--memory", "SIZE", "memory", "Memory, as 64m or 1g"},
            {"--memory-swap", "SIZE", "memory_swap", "Memory and swap together; -1: no limit"},
            {"--memory-reservation", "SIZE", "memory_reservation",
             "Memory it keeps when others need some"},
            {"--cpus", "NUMBER", "cpus", "Processors, as 0.5"},
            {"-c,--cpu-shares", "SHARES", "cpu_shares", "Share of processors, 1024 is normal"},
            {"--cpuset-cpus", "LIST", "cpuset_cpus", "Processors it may use, as 0-3,5"},
            {"--cpuset-mems", "LIST", "cpuset_mems", "Memory nodes it may use"},
            {"--pids-limit", "NUMBER", "pids_limit", "Processes and threads; -1: no limit"},
            {"--blkio-weight", "WEIGHT", "blkio_weight", "Share of disk time, 10 to 1000"},
            {"--restart", "POLICY", "restart", "no, on-failure[:TIMES], always, unless-stopped"}};
}

} // namespace

int update(Client& client, const Arguments& arguments) {
    auto list = limits();
    Options options("update", "CONTAINER...",
                    "Change the limits of containers, also while they run");
    for (auto& limit : list)
        options.value(limit.names, limit.meta, limit.value, limit.help);
    std::optional<std::string> period;
    std::optional<std::string> quota;
    options.value("--cpu-period", "MICROSECONDS", period, "");
    options.hide();
    options.value("--cpu-quota", "MICROSECONDS", quota, "");
    options.hide();
    options.refused("--kernel-memory", "SIZE", "cgroup v2 has no such limit: use --memory");
    refuse_update_flags(options);
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    bus::Dict config;
    for (const auto& limit : list)
        config.set_if(limit.key, limit.value);
    set_cpu_quota(config, period, quota);
    if (config.empty())
        throw UsageError("give at least one limit to change", UsageError::kBadArguments);
    return for_each(*names, [&](const std::string& name) {
        auto reply =
            client.on(client.container(name), kContainerInterface, "Update", config, bus::Dict());
        for (const auto& warning : reply.read<bus::Strings>())
            std::fprintf(stderr, "WARNING: %s\n", base::printable(warning).c_str());
        std::puts(base::printable(name).c_str());
    });
}

} // namespace berth::cli
