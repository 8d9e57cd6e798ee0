// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waiters.hpp"

#include <utility>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <bus/peer.hpp>
#include <container/engine.hpp>
#include <container/remove.hpp>
#include <daemon/events.hpp>
#include <daemon/operations.hpp>
#include <daemon/terminals.hpp>

namespace berth::daemon {

namespace {

void log_unseen(const std::exception_ptr& failure) noexcept {
    log::failure(log::error, "looking at a container that ended", failure);
}

bool satisfied(WaitFor condition, const container::Condition& now, bool new_exit, bool removed) {
    if (removed) return true;
    switch (condition) {
    case WaitFor::NotRunning:
        return !container::is_active(now.state);
    case WaitFor::NextExit:
        return new_exit;
    case WaitFor::Removed:
        break;
    }
    return false;
}

} // namespace

WaitFor parse_wait_for(const std::string& text) {
    if (text == "not-running") return WaitFor::NotRunning;
    if (text == "next-exit") return WaitFor::NextExit;
    if (text == "removed") return WaitFor::Removed;
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(text.substr(0, 80)) +
                    "' is nothing to wait for: not-running, next-exit or removed");
}

void Waiters::wait(const Permit& permit, const ContainerId& id, WaitFor condition) {
    // Registered first: an end between the look and the registration would be missed.
    const auto waiter = waiters_.insert(
        waiters_.end(), Waiter{id, condition, permit.call(), context_.idle.hold(), {}});
    waiter->gone =
        bus::watch_peer(context_.connection, permit.call().message().sender(), [this, waiter] {
            waiter->call.fail(Error(ErrorCode::Cancelled, "gone"));
            waiters_.erase(waiter);
        });
    context_.operations.background([this, id] { return look(id); },
                                   [this, id](const std::optional<Ended>& ended) {
                                       if (!ended)
                                           removed(id);
                                       else
                                           answer(*ended, false);
                                   },
                                   log_unseen);
}

void Waiters::unit_ended(const std::string& unit) {
    if (!looking_.insert(unit).second) {
        again_.insert(unit);
        return;
    }
    context_.operations.background(
        [this, unit] { return look(unit); },
        [this, unit](const std::optional<Ended>& ended) { looked(unit, ended); },
        [this, unit](const std::exception_ptr& failure) {
            looking_.erase(unit);
            log_unseen(failure);
        });
}

void Waiters::looked(const std::string& unit, const std::optional<Ended>& ended) {
    looking_.erase(unit);
    if (ended) tell(*ended);
    if (again_.erase(unit) > 0) unit_ended(unit);
}

std::optional<Waiters::Ended> Waiters::look(const std::string& unit) {
    const auto record = context_.store.container_of_unit(unit);
    if (!record) return std::nullopt;
    return look(*record);
}

std::optional<Waiters::Ended> Waiters::look(const ContainerId& id) {
    try {
        return look(context_.store.container(id));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
}

Waiters::Ended Waiters::look(const store::ContainerRecord& record) {
    Ended ended{record, container::condition_of(record, context_.units.service(record.unit))};
    if (!container::is_active(ended.condition.state) && record.auto_remove &&
        record.exit.finished_at != 0) {
        ended.removed = container::finish(context_.engine, record.id);
    }
    return ended;
}

void Waiters::tell(const Ended& ended) {
    const std::string& id = ended.record.id.str();
    const store::Usec when = ended.record.exit.finished_at;
    const bool new_exit = when != 0 && std::exchange(told_[id], when) != when;
    const bool active = container::is_active(ended.condition.state);
    if (!active) context_.terminals->drop("container/" + id);
    if (new_exit) {
        if (ended.record.exit.oom_killed) context_.events->container(ended.record, "oom");
        context_.events->container(ended.record, "die",
                                   {{"exitCode", std::to_string(ended.record.exit.exit_code)}});
    }
    answer(ended, new_exit);
    if (ended.removed) {
        context_.events->container(ended.record, "destroy");
        removed(ended.record.id);
    }
}

void Waiters::answer(const Ended& ended, bool new_exit) {
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
        const bool done = waiter->id == ended.record.id &&
                          satisfied(waiter->condition, ended.condition, new_exit, ended.removed);
        if (!done) {
            ++waiter;
            continue;
        }
        waiter->call.reply(std::int32_t{ended.record.exit.exit_code}, ended.record.start_error);
        waiter = waiters_.erase(waiter);
    }
}

void Waiters::removed(const ContainerId& id) {
    told_.erase(id.str());
    auto_remove_.erase(id.str());
    context_.terminals->drop("container/" + id.str());
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
        if (waiter->id != id) {
            ++waiter;
            continue;
        }
        if (waiter->condition == WaitFor::Removed) {
            waiter->call.reply(std::int32_t{0}, std::string());
        } else {
            waiter->call.fail(bus::NamedError(bus::kNoSuchContainer,
                                              "container " + id.brief() + " has been removed"));
        }
        waiter = waiters_.erase(waiter);
    }
}

void Waiters::keep_for_removal(const ContainerId& id) {
    auto_remove_.insert_or_assign(id.str(), context_.idle.hold());
}

void Waiters::look_at_all() {
    for (const auto& record : context_.store.containers()) {
        told_.try_emplace(record.id.str(), record.exit.finished_at);
        if (record.auto_remove) keep_for_removal(record.id);
        unit_ended(record.unit);
    }
}

} // namespace berth::daemon
