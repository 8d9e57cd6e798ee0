// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec.hpp"

#include <unistd.h>

#include <base/file.hpp>
#include <base/rollback.hpp>
#include <berth/id.hpp>
#include <run/birth.hpp>
#include <run/bus_library.hpp>
#include <run/container_files.hpp>
#include <run/join.hpp>
#include <run/limits.hpp>
#include <run/notify.hpp>
#include <run/seccomp_filter.hpp>
#include <spec/bundle_defaults.hpp>
#include <spec/capabilities.hpp>
#include <spec/exec_request.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

/// The container's own process with what the request changes.
spec::Process process_of(const spec::Bundle& bundle, const spec::ExecRequest& request) {
    spec::Process process = *bundle.process;
    process.terminal = request.tty;
    process.console_height = request.rows;
    process.console_width = request.columns;
    process.args = request.argv;
    process.env.insert(process.env.end(), request.env.begin(), request.env.end());
    if (!request.cwd.empty()) process.cwd = request.cwd;
    if (request.privileged) {
        process.capabilities = spec::capability_sets(spec::all_capabilities());
    }
    return process;
}

/// "/run/berth/exec/1a2b3c4d.json" -> "1a2b3c4d"
std::string exec_id(const std::string& path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name.substr(0, name.find('.'));
}

} // namespace

void exec_in_container(const std::string& request_path) {
    const auto request =
        spec::parse_exec_request(base::read_file(request_path, spec::kBundleLimit));
    const ContainerId id(request.container);
    const auto bundle = load_bundle(id);
    const auto init = find_init(id);
    if (!init || !bundle.process) {
        throw Error(ErrorCode::NotFound, "container " + id.brief() + " is not running");
    }
    Joining joining{.bundle = bundle,
                    .process = process_of(bundle, request),
                    .user = request.user,
                    .by_user_name = true};
    if (const auto& policy = bundle.lnx.seccomp) {
        joining.filter = cached_filter(*policy, store::seccomp_cache_dir());
        joining.filter_flags = filter_flags(*policy);
    }
    set_oom_score(joining.process, Strictness::Lenient);
    Birth birth = join_container(joining, *init, true);
    birth.await_ready(
        [&](base::Fd master) { adopt_terminal("exec/" + exec_id(request_path), master); }, [] {});
    notify_ready(birth.pid());
    base::Rollback undo;
    undo.add([] { notify_ready(::getpid()); });
    birth.let_go();
    birth.release();
    undo.dismiss();
}

} // namespace berth::run
