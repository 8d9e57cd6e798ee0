// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <fcntl.h>
#include <sched.h>

#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/identity.hpp>
#include <run/join.hpp>
#include <run/limits.hpp>
#include <run/oci/foreground.hpp>
#include <run/oci/making.hpp>
#include <run/oci/seccomp_agent.hpp>
#include <run/oci/sockets.hpp>
#include <run/seccomp_filter.hpp>
#include <spec/capabilities.hpp>
#include <store/tree.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 15> kExecOptions{{
    {"process", 'p', "FILE", "the process as JSON; options and arguments are then not used"},
    {"console-socket", 0, "SOCKET", "is sent the master of the terminal"},
    {"pid-file", 0, "FILE", "is written the process id"},
    {"detach", 'd', "", "does not wait for the end"},
    {"tty", 't', "", "gives it a terminal"},
    {"cwd", 0, "DIR", "its working directory"},
    {"env", 'e', "NAME=VALUE", "adds to its environment; may be repeated"},
    {"user", 'u', "UID[:GID]", "who it is; names are looked up in the container"},
    {"additional-gids", 'g', "GID", "a supplementary group; may be repeated"},
    {"cap", 'c', "CAPABILITY", "one more capability; may be repeated"},
    {"no-new-privs", 0, "", "its program gains nothing by set-user-ID files"},
    {"process-label", 0, "LABEL", "its SELinux label"},
    {"apparmor", 0, "PROFILE", "its AppArmor profile"},
    {"preserve-fds", 0, "N", "passes N descriptors beyond 0, 1 and 2"},
    {"ignore-paused", 0, "", "allows a paused container: it runs once that is resumed"},
}};

void add_capabilities(const Arguments& arguments, spec::Process& process) {
    for (const auto& word : arguments.texts("cap")) {
        const auto number = spec::capability_number(word);
        if (!number) {
            throw Error(ErrorCode::InvalidArgument,
                        "there is no capability '" + base::printable(word.substr(0, 64)) + "'");
        }
        const auto& name = spec::all_capabilities().at(*number);
        if (!process.capabilities) process.capabilities = spec::CapabilitySets{};
        auto& sets = *process.capabilities;
        for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted})
            set->push_back(name);
    }
}

/// The container's own process with what the command line changes.
spec::Process process_of(const Arguments& arguments, const spec::Bundle& bundle) {
    if (arguments.has("process")) {
        return spec::parse_process(base::read_file(arguments.text("process"), spec::kBundleLimit));
    }
    if (arguments.rest().size() < 2) {
        throw Error(ErrorCode::InvalidArgument, "the command to run is missing");
    }
    auto process = bundle.process.value_or(spec::Process{});
    process.args.assign(arguments.rest().begin() + 1, arguments.rest().end());
    process.terminal = arguments.is_on("tty");
    process.cwd = arguments.text("cwd", process.cwd);
    const auto env = arguments.texts("env");
    process.env.insert(process.env.end(), env.begin(), env.end());
    add_capabilities(arguments, process);
    if (arguments.has("no-new-privs")) process.no_new_privileges = arguments.is_on("no-new-privs");
    process.selinux_label = arguments.text("process-label", process.selinux_label);
    process.apparmor_profile = arguments.text("apparmor", process.apparmor_profile);
    for (const auto& text : arguments.texts("additional-gids")) {
        const auto gid = base::parse_number(text, INT32_MAX);
        if (!gid) {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + base::printable(text.substr(0, 64)) + "' is no group id");
        }
        process.user.additional_gids.push_back(static_cast<gid_t>(*gid));
    }
    return process;
}

Joining make_joining(const Arguments& arguments, const spec::Bundle& bundle) {
    Joining joining{.bundle = bundle,
                    .process = process_of(arguments, bundle),
                    .user = arguments.has("process") ? "" : arguments.text("user")};
    joining.preserve_fds =
        static_cast<unsigned>(arguments.number("preserve-fds", 1024).value_or(0));
    joining.strictness = Strictness::Exact;
    if (const auto& policy = bundle.lnx.seccomp) {
        joining.filter = cached_filter(*policy, store::seccomp_cache_dir());
        joining.filter_flags = filter_flags(*policy);
    }
    if (!joining.process.capabilities) joining.process.capabilities = spec::CapabilitySets{};
    for (const auto& name : unavailable_capabilities(*joining.process.capabilities))
        log::warning("capability '%s' can't be given here and is left out", name.c_str());
    return joining;
}

struct Console {
    std::string socket;
    bool kept = false; ///< in the foreground the terminal is joined with the caller's
};

Console console_of(const Arguments& arguments, const spec::Process& process) {
    Console console{arguments.text("console-socket"), false};
    console.kept = console.socket.empty() && !arguments.is_on("detach");
    if (process.terminal && console.socket.empty() && !console.kept) {
        throw Error(ErrorCode::InvalidArgument,
                    "a terminal of a detached process needs --console-socket");
    }
    return console;
}

int exec(const Globals& globals, const Arguments& arguments) {
    if (arguments.rest().empty()) {
        throw Error(ErrorCode::InvalidArgument, "the container's id is missing");
    }
    const auto found = find_container(globals, arguments.rest().front());
    require_status(found, {Status::Created, Status::Running, Status::Paused}, "exec in");
    if (!arguments.is_on("ignore-paused")) {
        require_status(found, {Status::Created, Status::Running}, "exec in");
    }
    const auto bundle = found.dir.load_config();
    const auto joining = make_joining(arguments, bundle);
    const auto console = console_of(arguments, joining.process);
    const auto init = init_of(found.state);
    if (!init) throw Error(ErrorCode::Busy, "the container ended meanwhile");
    base::Fd terminal;
    set_oom_score(joining.process, joining.strictness);
    Birth birth = join_container(joining, *init, false);
    birth.await_ready(
        [&](base::Fd master) {
            if (console.kept) {
                terminal = std::move(master);
            } else {
                send_with_fd(connect_stream(console.socket).get(), "/dev/ptmx", master.get());
            }
        },
        [] {});
    write_pid_file(arguments.text("pid-file"), birth.pid());
    birth.let_go(
        [&](base::Fd listener) { give_listener(bundle, found.state, birth.pid(), listener); });
    birth.release();
    if (arguments.is_on("detach")) return 0;
    const base::Fd pidfd(::fcntl(birth.pidfd(), F_DUPFD_CLOEXEC, 3));
    return attend(pidfd, std::move(terminal));
}

} // namespace

const Verb kExecVerb{"exec",
                     "CONTAINER COMMAND [ARGUMENT...]",
                     "run one more process in a container",
                     kExecOptions,
                     Order::OptionsFirst,
                     exec};

} // namespace berth::run::oci
