// SPDX-License-Identifier: LGPL-2.1-or-later
#include "making.hpp"

#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/handle.hpp>
#include <base/log.hpp>
#include <base/rollback.hpp>
#include <berth/error.hpp>
#include <run/bear.hpp>
#include <run/identity.hpp>
#include <run/oci/cgroup.hpp>
#include <run/oci/hooks.hpp>
#include <run/oci/placing.hpp>
#include <run/oci/seccomp_agent.hpp>
#include <run/oci/sockets.hpp>
#include <run/oci/validate.hpp>
#include <run/seccomp_filter.hpp>
#include <run/sysctl.hpp>
#include <store/tree.hpp>

namespace berth::run::oci {

namespace {

constexpr int kKillPatience = 10'000; // milliseconds

std::string absolute(const std::string& path) {
    const std::unique_ptr<char, base::Freer<::free>> real(::realpath(path.c_str(), nullptr));
    if (!real) throw_errno("cannot find the bundle '" + path + "'");
    return real.get();
}

/// Descriptors that a service manager passed: the container finds them as if it had started them.
void pass_listening_sockets(spec::Process& process, unsigned& preserve_fds) {
    const char* count = ::secure_getenv("LISTEN_FDS");
    const char* pid = ::secure_getenv("LISTEN_PID");
    if (count == nullptr || pid == nullptr || std::to_string(::getpid()) != pid) return;
    preserve_fds += static_cast<unsigned>(std::strtoul(count, nullptr, 10));
    process.env.push_back(std::string("LISTEN_FDS=") + count);
    process.env.emplace_back("LISTEN_PID=1");
}

void settle_capabilities(spec::Process& process) {
    // None are named: none are given.
    if (!process.capabilities) process.capabilities = spec::CapabilitySets{};
    for (const auto& name : unavailable_capabilities(*process.capabilities)) {
        log::warning("capability '%s' can't be given here and is left out", name.c_str());
    }
}

/// What the bundle says, before anything is made.
Launch read_launch(const MakeRequest& request, const std::string& json) {
    Launch launch;
    launch.bundle = spec::parse_bundle(json);
    check_bundle(launch.bundle);
    launch.preserve_fds = request.preserve_fds;
    launch.pivot = request.pivot;
    launch.new_keyring = request.new_keyring;
    launch.strictness = Strictness::Exact;
    if (auto& process = launch.bundle.process) {
        settle_capabilities(*process);
        pass_listening_sockets(*process, launch.preserve_fds);
        if (process->terminal && request.console_socket.empty() && !request.keeps_terminal) {
            throw Error(ErrorCode::InvalidArgument,
                        "process.terminal is set: the terminal needs --console-socket");
        }
    }
    if (const auto& policy = launch.bundle.lnx.seccomp) {
        launch.filter = cached_filter(*policy, store::seccomp_cache_dir());
        launch.filter_flags = filter_flags(*policy);
    }
    return launch;
}

void open_launch(Launch& launch, const State& state, const StateDir& dir) {
    launch.bundle_dir = state.bundle;
    launch.mount_point = dir.path() + "/rootfs";
    base::make_directories(launch.mount_point, 0700);
    open_host_side(launch);
    check_sysctls(launch);
}

State first_state(const MakeRequest& request) {
    State state;
    state.id = request.id;
    state.bundle = absolute(request.bundle);
    state.created = now_text();
    state.owner = ::getuid();
    return state;
}

std::string read_config(const MakeRequest& request, const State& state) {
    const bool elsewhere = request.config.find('/') != std::string::npos;
    return base::read_file(elsewhere ? request.config : state.bundle + "/" + request.config,
                           spec::kBundleLimit);
}

/// The state for a hook that runs in the container's namespaces: its process is the caller.
std::string inner_state(State state, Status status, const spec::Bundle& bundle) {
    state.pid = ::getpid();
    return state_json(state, status, bundle);
}

Additions additions_of(const Launch& launch, const State& state, int listener) {
    const auto& bundle = launch.bundle;
    Additions additions;
    additions.hooks_due = !bundle.hooks.prestart.empty() || !bundle.hooks.create_runtime.empty() ||
                          !bundle.hooks.create_container.empty();
    additions.keep_open = {listener};
    additions.in_namespaces = [&bundle, state] {
        run_hooks(bundle.hooks.create_container, "createContainer",
                  inner_state(state, Status::Creating, bundle), OnFailure::Stop);
    };
    additions.before_start = [listener](Channel& channel) {
        // From now on others may be in the container, and nothing here is theirs to look at.
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        channel.close();
        channel = await_start(listener);
        ::close(listener);
    };
    additions.in_container = [&bundle, state] {
        run_hooks(bundle.hooks.start_container, "startContainer",
                  inner_state(state, Status::Created, bundle), OnFailure::Stop);
    };
    return additions;
}

void run_runtime_hooks(const Launch& launch, State state, pid_t pid) {
    state.pid = pid;
    const auto text = state_json(state, Status::Creating, launch.bundle);
    run_hooks(launch.bundle.hooks.prestart, "prestart", text, OnFailure::Stop);
    run_hooks(launch.bundle.hooks.create_runtime, "createRuntime", text, OnFailure::Stop);
}

void run_poststop(const State& state, const spec::Bundle& bundle) {
    run_hooks(bundle.hooks.poststop, "poststop", state_json(state, Status::Stopped, bundle),
              OnFailure::Warn);
}

Taker terminal_taker(const MakeRequest& request, base::Fd& kept) {
    if (request.keeps_terminal) {
        return [&kept](base::Fd master) { kept = std::move(master); };
    }
    return [&request](base::Fd master) {
        send_with_fd(connect_stream(request.console_socket).get(), "/dev/ptmx", master.get());
    };
}

} // namespace

Made make_container(const Globals& globals, const MakeRequest& request) {
    Made made{StateDir(globals.root, request.id), first_state(request), {}, {}};
    const auto json = read_config(request, made.state);
    auto launch = read_launch(request, json);
    base::Rollback undo;
    bool hooks_began = false;
    undo.add([&] {
        if (hooks_began) run_poststop(made.state, launch.bundle);
    });
    made.dir.make();
    undo.add([&] { made.dir.remove(); });
    made.dir.save_config(json);
    open_launch(launch, made.state, made.dir);
    const auto place = make_place(globals.cgroups, launch, made.state);
    undo.add([&] { release_place(made.state); });
    made.dir.save(made.state);
    const auto listener = listen_for_start(made.dir);
    if (launch.bundle.process) set_oom_score(*launch.bundle.process, launch.strictness);
    const auto additions = additions_of(launch, made.state, listener.get());
    Birth birth = bear_container(launch, additions, Parent::Caller, place);
    birth.await_ready(terminal_taker(request, made.terminal), [&] {
        hooks_began = true;
        run_runtime_hooks(launch, made.state, birth.pid());
    });
    birth.let_go();
    made.state.pid = birth.pid();
    made.state.start_time = start_time(birth.pid());
    made.dir.save(made.state);
    write_pid_file(request.pid_file, birth.pid());
    made.pidfd.reset(::fcntl(birth.pidfd(), F_DUPFD_CLOEXEC, 3));
    birth.release();
    undo.dismiss();
    return made;
}

void start_container(const StateDir& dir, State state) {
    const auto bundle = dir.load_config();
    if (!bundle.process) {
        throw Error(ErrorCode::InvalidArgument,
                    "the container has no process to start: its config.json has no 'process'");
    }
    const auto channel = connect_to_start(dir);
    try {
        channel.say(Word::Go);
        await_payload(
            channel, [&](base::Fd listener) { give_listener(bundle, state, state.pid, listener); });
        run_hooks(bundle.hooks.poststart, "poststart", state_json(state, Status::Running, bundle),
                  OnFailure::Stop);
    } catch (const StartError& error) {
        // A program that can't be started leaves a stopped container with its exit status.
        if (error.exit_code() != kExitEngine) throw;
        kill_and_wait(state);
        destroy_container(dir, state);
        throw;
    } catch (const std::exception&) {
        kill_and_wait(state);
        destroy_container(dir, state);
        throw;
    }
}

void kill_and_wait(const State& state) {
    const auto init = init_of(state);
    if (!init) return;
    ::syscall(SYS_pidfd_send_signal, init->pidfd.get(), SIGKILL, nullptr, 0);
    pollfd ended{.fd = init->pidfd.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, kKillPatience) <= 0) {
        throw Error(ErrorCode::Busy, "process " + std::to_string(state.pid) +
                                         " of the container did not end by SIGKILL in time");
    }
}

void destroy_container(const StateDir& dir, const State& state) {
    const auto bundle = dir.load_config();
    release_place(state);
    dir.remove();
    run_poststop(state, bundle);
}

void write_pid_file(const std::string& path, pid_t pid) {
    if (path.empty()) return;
    const auto slash = path.rfind('/');
    const auto directory =
        slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
    base::Dir::open(directory).write_atomically(
        slash == std::string::npos ? path : path.substr(slash + 1), std::to_string(pid), 0644);
}

} // namespace berth::run::oci
