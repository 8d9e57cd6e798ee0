// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stop.hpp"

#include <algorithm>
#include <climits>
#include <csignal>

#include <base/strings.hpp>
#include <container/errors.hpp>
#include <container/state.hpp>
#include <container/unit_settings.hpp>
#include <spec/config_reader.hpp>
#include <spec/signal.hpp>

// No lock is held here: a kill must get through while a stop waits, and PID 1 puts what is asked of
// one unit in order.
namespace berth::container {

namespace {

constexpr std::chrono::milliseconds kForEver{INT_MAX};

struct Target {
    store::ContainerRecord record;
    spec::ContainerSpec spec;
    systemd::ServiceStatus unit;
};

Target look_up(Engine& engine, const ContainerId& id) {
    Target target{.record = engine.store().container(id)};
    target.spec = spec::parse_container_spec(target.record.spec);
    target.unit = engine.units().status(target.record.unit);
    return target;
}

int signal_of(const std::string& text, int fallback) {
    if (text.empty()) return fallback;
    const auto signal = spec::parse_signal(text);
    if (!signal) throw spec::bad_value("signal", text, "expected a signal such as SIGTERM or 15");
    return *signal;
}

/// A unit that has just ended is what was asked for.
void kill_unit(Engine& engine, const std::string& unit, const std::string& whom, int signal) {
    try {
        engine.units().kill(unit, whom, signal);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
}

/// What the unit's own settings say is left to PID 1; another patience or signal is ours.
bool is_the_units_way(const Target& target, const StopOptions& options) {
    return !options.timeout && options.signal.empty() && target.unit.main_pid != 0;
}

void end_by_hand(Engine& engine, const Target& target, const StopOptions& options) {
    if (target.unit.main_pid == 0) return;
    kill_unit(engine, target.record.unit, "main",
              signal_of(options.signal, stop_signal(target.spec)));
    const unsigned own = target.spec.stop_timeout.value_or(10);
    const auto timeout = options.timeout.value_or(std::chrono::seconds(own));
    const auto patience =
        timeout.count() < 0
            ? kForEver
            : std::min(kForEver, std::chrono::duration_cast<std::chrono::milliseconds>(timeout));
    const int pid = static_cast<int>(target.unit.main_pid);
    if (!engine.units().wait_for_process(pid, patience)) {
        kill_unit(engine, target.record.unit, "all", SIGKILL);
    }
}

void require_running(const Target& target) {
    const State state = condition_of(target.record, target.unit).state;
    if (state != State::Running && state != State::Paused) throw NotRunning(target.record.name);
}

} // namespace

void stop(Engine& engine, const ContainerId& id, const StopOptions& options) {
    const Target target = look_up(engine, id);
    const Condition condition = condition_of(target.record, target.unit);
    const int checked = signal_of(options.signal, SIGTERM);
    if (checked <= 0 || !target.unit.loaded) return;
    engine.store().record_wanted(id, false);
    if (condition.state == State::Paused) engine.units().thaw(target.record.unit);
    if (!is_the_units_way(target, options)) end_by_hand(engine, target, options);
    engine.units().stop(target.record.unit);
}

void kill(Engine& engine, const ContainerId& id, const std::string& text) {
    const Target target = look_up(engine, id);
    const int signal = signal_of(text, SIGKILL);
    require_running(target);
    // As docker, a signal that ends it is meant to last: the restart policy does not apply.
    const bool ends = signal == SIGKILL || signal == SIGTERM || signal == stop_signal(target.spec);
    if (ends) engine.store().record_wanted(id, false);
    kill_unit(engine, target.record.unit, "main", signal);
    if (signal == SIGKILL && target.spec.restart.mode != spec::RestartMode::No) {
        engine.units().stop(target.record.unit);
    }
}

Started restart(Engine& engine, const ContainerId& id, const StopOptions& options) {
    stop(engine, id, options);
    return start(engine, id, {});
}

void pause(Engine& engine, const ContainerId& id) {
    const Target target = look_up(engine, id);
    require_running(target);
    if (condition_of(target.record, target.unit).state == State::Paused) {
        throw Error(ErrorCode::Busy, "container " + target.record.name + " is already paused");
    }
    engine.units().freeze(target.record.unit);
}

void resume(Engine& engine, const ContainerId& id) {
    const Target target = look_up(engine, id);
    if (condition_of(target.record, target.unit).state != State::Paused) {
        throw Error(ErrorCode::Busy, "container " + target.record.name + " is not paused");
    }
    engine.units().thaw(target.record.unit);
}

} // namespace berth::container
