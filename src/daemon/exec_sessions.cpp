// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec_sessions.hpp"

#include <csignal>
#include <utility>

#include <base/dir.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <bus/errors.hpp>
#include <bus/peer.hpp>
#include <daemon/events.hpp>
#include <daemon/exec_note.hpp>
#include <daemon/operations.hpp>
#include <daemon/terminals.hpp>
#include <systemd/units.hpp>

namespace berth::daemon {

namespace {

constexpr std::string_view kUnitPrefix = "berth-exec-";
constexpr std::string_view kUnitSuffix = ".service";
constexpr std::uint64_t kKeepUsec = 60'000'000; // how long an exit status can be asked for
constexpr std::int32_t kSignalBase = 128;

std::string exec_of_unit(const std::string& unit) {
    if (!unit.starts_with(kUnitPrefix) || !unit.ends_with(kUnitSuffix)) return {};
    return unit.substr(kUnitPrefix.size(), unit.size() - kUnitPrefix.size() - kUnitSuffix.size());
}

std::int32_t exit_code_of(const systemd::UnitEvent& event) {
    if (event.main_code == CLD_EXITED) return event.main_status;
    if (event.main_code == 0) return kSignalBase + SIGKILL; // it was never seen to end
    return kSignalBase + event.main_status;
}

std::string terminal_key(const std::string& id) {
    return "exec/" + id;
}

void log_unended(const std::exception_ptr& failure) noexcept {
    log::failure(log::warning, "ending a command in a container", failure);
}

} // namespace

std::optional<ContainerId> ExecSessions::container_of(const std::string& id) const {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return std::nullopt;
    return found->second.container.id;
}

void ExecSessions::start(const Permit& permit, const store::ContainerRecord& record,
                         const container::ExecOptions& options, bool detached) {
    const std::string id = container::new_exec_id();
    const std::string client = permit.call().message().sender();
    sessions_.emplace(id, Session{.container = record,
                                  .detached = detached,
                                  .tty = options.tty,
                                  .early_end = {},
                                  .exit_code = {},
                                  .waiters = {},
                                  .client_gone = {},
                                  .forget = {},
                                  .hold = context_.idle.hold()});
    if (!detached) watch_client(id, client);
    const ExecNote note{.container = record.id.str(), .client = detached ? "" : client};
    context_.operations.background(
        [this, record, id, options, note] {
            write_exec_note(id, note);
            container::exec(context_.engine, record.id, id, options);
        },
        [this, call = permit.call(), id] { bus::guard(call, [&] { started(call, id); }); },
        [this, call = permit.call(), id](const std::exception_ptr& failure) {
            sessions_.erase(id);
            remove_exec_note(id);
            call.fail(name_failure(failure));
        });
}

void ExecSessions::started(const bus::Call& call, const std::string& id) {
    Session& session = sessions_.at(id);
    session.starting = false;
    context_.events->container(session.container, "exec_start", {{"execID", id}});
    bus::Dict result{{"unit", container::exec_unit(id)}};
    const std::string key = terminal_key(id);
    if (session.tty && !session.detached && context_.terminals->has(key)) {
        result.set("terminal", context_.terminals->attach(key, call.message().sender()));
    }
    call.reply(id, result);
    if (session.early_end) ended(id, *session.early_end);
}

void ExecSessions::watch_client(const std::string& id, const std::string& client) {
    sessions_.at(id).client_gone =
        bus::watch_peer(context_.connection, client, [this, id] { kill(id); });
}

void ExecSessions::kill(const std::string& id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.exit_code) return;
    context_.operations.background(
        [this, id] { context_.units.kill(container::exec_unit(id), "all", SIGKILL); }, [] {},
        log_unended);
}

void ExecSessions::wait(const bus::Call& call, const std::string& id) {
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) {
        throw Error(ErrorCode::NotFound, "no such exec: " + base::printable(id.substr(0, 80)));
    }
    if (found->second.exit_code)
        call.reply(*found->second.exit_code);
    else
        found->second.waiters.push_back(call);
}

void ExecSessions::unit_ended(const systemd::UnitEvent& event) {
    const std::string id = exec_of_unit(event.unit);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.exit_code) return;
    // What its start left behind is still being read.
    if (found->second.starting) {
        if (!found->second.early_end) found->second.early_end = exit_code_of(event);
    } else {
        ended(id, exit_code_of(event));
    }
}

void ExecSessions::ended(const std::string& id, std::int32_t exit_code) {
    Session& session = sessions_.at(id);
    session.exit_code = exit_code;
    context_.terminals->drop(terminal_key(id));
    context_.events->container(session.container, "exec_die",
                               {{"execID", id}, {"exitCode", std::to_string(exit_code)}});
    for (const bus::Call& call : std::exchange(session.waiters, {}))
        call.reply(exit_code);
    container::finish_exec(id);
    remove_exec_note(id);
    session.client_gone.reset();
    session.hold.reset();
    session.forget = context_.event.add_timer(kKeepUsec, [this, id] { sessions_.erase(id); });
}

void ExecSessions::recover() {
    std::set<std::string> running;
    for (const auto& row : context_.units.list("berth-exec-*.service")) {
        if (row.active_state == "active" || row.active_state == "activating") {
            running.insert(exec_of_unit(row.name));
        }
    }
    for (const auto& [id, note] : read_exec_notes()) {
        try {
            if (!running.contains(id)) throw Error(ErrorCode::NotFound, "it has ended");
            Session session{.container = context_.store.container(ContainerId(note.container)),
                            .detached = note.client.empty(),
                            .starting = false,
                            .hold = context_.idle.hold()};
            sessions_.emplace(id, std::move(session));
            if (note.client.empty()) continue;
            watch_client(id, note.client);
            if (!bus::is_on_bus(context_.connection, note.client)) kill(id);
        } catch (const Error& error) {
            log::debug("exec '%s' is over: %s", id.c_str(), error.what());
            sessions_.erase(id);
            container::finish_exec(id);
            remove_exec_note(id);
        }
    }
}

} // namespace berth::daemon
