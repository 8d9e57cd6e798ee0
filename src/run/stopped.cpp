// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stopped.hpp"

#include <cstdlib>

#include <base/cgroup.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/bus_library.hpp>
#include <run/container_files.hpp>
#include <run/names.hpp>
#include <run/networks.hpp>
#include <run/storage_use.hpp>
#include <spec/container_spec.hpp>
#include <spec/signal.hpp>
#include <store/store.hpp>

namespace berth::run {

namespace {

constexpr int kUnknownStatus = 255;

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// systemd tells only with an OOMPolicy= that ends the unit. The group is there until we are done;
/// in a delegated one we are in a corner of it.
std::uint64_t oom_kills() {
    constexpr std::string_view kCorner = "/.control";
    try {
        std::string group = base::own_cgroup();
        if (group.ends_with(kCorner)) group.resize(group.size() - kCorner.size());
        const auto events = base::read_file(base::cgroup_path(group) + "/memory.events", 4096);
        return base::keyed_number(events, "oom_kill").value_or(0);
    } catch (const Error& error) {
        // No memory controller: nothing was killed for its sake.
        if (error.code() != ErrorCode::NotFound) log::warning("%s", error.what());
        return 0;
    }
}

/// What systemd is about to do by Restart=, unless somebody asked for the stop.
bool will_restart(const store::ContainerRecord& record, const store::ExitFacts& facts) {
    const auto policy = spec::parse_container_spec(record.spec).restart;
    if (!record.wanted || policy.mode == spec::RestartMode::No) return false;
    if (policy.mode == spec::RestartMode::OnFailure) {
        if (facts.result == "success") return false;
        if (policy.max_retries > 0 && record.restart_count >= policy.max_retries) return false;
    }
    try {
        return !is_being_stopped();
    } catch (const Error& error) {
        log::warning("cannot ask systemd whether it restarts the container: %s", error.what());
        return false;
    }
}

void record_end(const ContainerId& id) {
    const auto facts =
        exit_facts({from_environment("SERVICE_RESULT"), from_environment("EXIT_CODE"),
                    from_environment("EXIT_STATUS"), oom_kills()},
                   store::now());
    store::Store store;
    store.record_exit(id, facts, will_restart(store.container(id), facts));
}

void detach(const ContainerId& id) noexcept {
    try {
        const auto network = network_of(load_bundle(id));
        detach_networks(network);
        leave_names(network, id);
    } catch (const Error& error) {
        // Without a bundle it was removed while it ended, and its networks with it.
        if (error.code() != ErrorCode::NotFound) log::warning("%s", error.what());
    } catch (const std::exception& error) {
        log::warning("%s", error.what());
    }
}

} // namespace

store::ExitFacts exit_facts(const ServiceEnd& end, store::Usec now) {
    store::ExitFacts facts;
    facts.finished_at = now;
    facts.result = end.result;
    facts.oom_killed = end.result == "oom-kill" || end.oom_kills > 0;
    if (end.code == "killed" || end.code == "dumped") {
        facts.exit_signal = spec::parse_signal(end.status).value_or(0);
        facts.exit_code = facts.exit_signal == 0 ? kUnknownStatus : 128 + facts.exit_signal;
    } else {
        facts.exit_code =
            static_cast<int>(base::parse_number(end.status, 255).value_or(kUnknownStatus));
    }
    return facts;
}

void container_stopped(const ContainerId& id) {
    detach(id);
    release_root(id);
    remove_runtime_files(id);
    try {
        record_end(id);
    } catch (const Error& error) {
        // Removed while it ended: there is nothing left to record it in.
        if (error.code() != ErrorCode::NotFound) throw;
    }
}

} // namespace berth::run
