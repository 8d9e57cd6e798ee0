// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec.hpp"

#include <unistd.h>

#include <base/dir.hpp>
#include <base/lock.hpp>
#include <base/log.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <container/bundle.hpp>
#include <container/errors.hpp>
#include <container/state.hpp>
#include <container/unit_settings.hpp>
#include <spec/config_reader.hpp>
#include <spec/exec_request.hpp>
#include <spec/image_merge.hpp>
#include <spec/mount_syntax.hpp>

namespace berth::container {

namespace {

constexpr int kEngineFailed = 125;
constexpr std::size_t kErrorLimit = 64U << 10U;

systemd::ServiceStatus require_running(Engine& engine, const store::ContainerRecord& record) {
    auto unit = engine.units().status(record.unit);
    const State state = condition_of(record, unit).state;
    if (state == State::Paused) {
        throw Error(ErrorCode::Busy,
                    "container " + record.name + " is paused; unpause it before exec");
    }
    if (state != State::Running) throw NotRunning(record.name);
    return unit;
}

spec::ExecRequest make_request(const store::ContainerRecord& record, const ExecOptions& options) {
    const auto container = spec::parse_container_spec(record.spec);
    if (options.argv.empty() || options.argv[0].empty()) {
        throw Error(ErrorCode::InvalidArgument, "no exec command specified");
    }
    spec::check_user(options.user, "--user");
    if (!options.cwd.empty() && options.cwd[0] != '/') {
        throw spec::bad_value("workdir", options.cwd, "must be an absolute path");
    }
    spec::ExecRequest request{.container = record.id.str(), .argv = options.argv};
    request.env = container_environment(record, container, options.tty);
    spec::merge_env(request.env, options.env);
    request.cwd = options.cwd.empty() ? container.working_dir : spec::clean_path(options.cwd);
    request.user = options.user.empty() ? container.user : options.user;
    request.tty = options.tty;
    request.rows = options.console.rows;
    request.columns = options.console.columns;
    request.privileged = options.privileged || container.privileged;
    return request;
}

void write_request(const std::string& exec_id, const spec::ExecRequest& request) {
    const std::string path = store::exec_request_path(exec_id);
    const std::size_t slash = path.rfind('/');
    base::Dir::open(path.substr(0, slash))
        .write_atomically(path.substr(slash + 1), spec::dump_exec_request(request), 0600);
}

systemd::UnitProperties exec_properties(const store::ContainerRecord& record,
                                        const std::string& exec_id, const ExecOptions& options) {
    systemd::UnitProperties unit;
    unit.set("Description", "exec in container " + record.name);
    unit.set("Type", "notify").set("NotifyAccess", "all");
    unit.set("CollectMode", "inactive-or-failed");
    unit.set("BindsTo", std::vector<std::string>{record.unit});
    unit.set("Slice", "berth.slice");
    unit.set("IgnoreSIGPIPE", false);
    unit.set("OOMPolicy", "continue");
    unit.set("TasksMax", systemd::kInfinity);
    unit.set("LogRateLimitIntervalUSec", std::uint64_t{0});
    unit.set("SyslogIdentifier", record.name);
    unit.set_log_fields({"CONTAINER_NAME=" + record.name, "CONTAINER_ID=" + record.id.brief(),
                         "CONTAINER_ID_FULL=" + record.id.str(), "CONTAINER_EXEC_ID=" + exec_id});
    set_stdio(unit, options.stdio, "null");
    if (auto environment = passed_environment(); !environment.empty()) {
        unit.set("Environment", std::move(environment));
    }
    unit.set_command("ExecStart",
                     {program("berth-run"), "exec", store::exec_request_path(exec_id)});
    return unit;
}

/// As start does: berth-run writes why, with its exit status in brackets, beside the request.
std::string read_exec_error(const std::string& exec_id) {
    try {
        const std::string path = store::exec_request_path(exec_id);
        const std::size_t slash = path.rfind('/');
        return base::Dir::open(path.substr(0, slash)).read(exec_id + ".error", kErrorLimit);
    } catch (const Error&) {
        return {};
    }
}

StartFailed failure_of(const std::string& exec_id, const std::string& result) {
    const std::string message = read_exec_error(exec_id);
    return start_failure(message, kEngineFailed,
                         "the unit " + exec_unit(exec_id) + " did not start (" + result + ")");
}

} // namespace

std::string new_exec_id() {
    return base::random_hex(4);
}

std::string exec_unit(const std::string& exec_id) {
    return "berth-exec-" + exec_id + ".service";
}

Started exec(Engine& engine, const ContainerId& id, const std::string& exec_id,
             const ExecOptions& options) {
    const auto record = engine.store().container(id);
    (void)require_running(engine, record);
    base::Rollback undo;
    undo.add([exec_id] { finish_exec(exec_id); });
    write_request(exec_id, make_request(record, options));
    const std::string unit = exec_unit(exec_id);
    const auto outcome =
        engine.units().start_transient(unit, exec_properties(record, exec_id, options));
    if (!outcome.done()) throw failure_of(exec_id, outcome.result);
    (void)base::lock_path(store::exec_request_path(exec_id), base::LockKind::Shared);
    if (!read_exec_error(exec_id).empty()) throw failure_of(exec_id, outcome.result);
    undo.dismiss();
    return {.unit = unit, .pid = static_cast<int>(engine.units().status(unit).main_pid)};
}

void finish_exec(const std::string& exec_id) noexcept {
    const std::string path = store::exec_request_path(exec_id);
    ::unlink(path.c_str());
    ::unlink((path.substr(0, path.size() - 5) + ".error").c_str());
}

} // namespace berth::container
