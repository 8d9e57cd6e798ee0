// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/oci/cgroup.hpp>
#include <run/oci/verb.hpp>
#include <spec/signal.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 1> kKillOptions{
    {{"all", 'a', "", "signals all processes of the container, also what its first one left"}}};

int signal_of(const Arguments& arguments) {
    const auto& rest = arguments.rest();
    if (rest.empty()) throw Error(ErrorCode::InvalidArgument, "the container's id is missing");
    if (rest.size() > 2) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(rest[2].substr(0, 64)) + "' is one argument too many");
    }
    if (rest.size() == 1) return SIGTERM;
    const auto signal = spec::parse_signal(rest[1]);
    if (!signal) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(rest[1].substr(0, 64)) + "' is no signal");
    }
    return *signal;
}

void signal_first(const State& state, int signal) {
    const auto init = init_of(state);
    if (!init || ::syscall(SYS_pidfd_send_signal, init->pidfd.get(), signal, nullptr, 0) < 0) {
        throw_errno("cannot send the signal", init ? errno : ESRCH);
    }
}

/// A process that has ended meanwhile needs no signal.
void signal_all(const Found& found, int signal) {
    if (found.state.cgroup.empty()) return signal_first(found.state, signal);
    if (signal == SIGKILL) return kill_all(found.state.cgroup);
    for (const pid_t pid : processes(found.state.cgroup)) {
        if (::kill(pid, signal) < 0 && errno != ESRCH) throw_errno("cannot send the signal");
    }
}

int kill(const Globals& globals, const Arguments& arguments) {
    const int signal = signal_of(arguments);
    const auto found = find_container(globals, arguments.rest().front());
    const bool all = arguments.is_on("all");
    // Without a pid namespace of its own its processes outlive the first one.
    if (all && found.status == Status::Stopped && !processes(found.state.cgroup).empty()) {
        signal_all(found, signal);
        return 0;
    }
    require_status(found, {Status::Created, Status::Running, Status::Paused}, "kill");
    if (all) {
        signal_all(found, signal);
    } else {
        signal_first(found.state, signal);
    }
    return 0;
}

} // namespace

const Verb kKillVerb{"kill",       "CONTAINER [SIGNAL]", "send a signal, TERM unless one is named",
                     kKillOptions, Order::Any,           kill};

} // namespace berth::run::oci
