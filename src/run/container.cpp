// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container.hpp"

#include <array>
#include <exception>

#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/log.hpp>
#include <run/devices.hpp>
#include <run/finish.hpp>
#include <run/identity.hpp>
#include <run/masks.hpp>
#include <run/mounts.hpp>
#include <run/root.hpp>
#include <run/stdio.hpp>
#include <run/sysctl.hpp>
#include <run/terminal.hpp>
#include <run/user.hpp>

namespace berth::run {

namespace {

/// Root of a user namespace, once its ids are mapped.
void become_namespace_root() {
    if (::setresgid(0, 0, 0) < 0 || ::setresuid(0, 0, 0) < 0) {
        throw_errno("cannot become root of the user namespace: is id 0 mapped?");
    }
    ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

void enter_namespaces(const Launch& launch, const Channel& channel) {
    if (launch.waits_for_place()) channel.expect(Word::Placed);
    join_in_child(launch.namespaces);
    // A cgroup namespace shows from where the process is when it is made: not before.
    if (launch.makes_cgroup_namespace_late() && ::unshare(CLONE_NEWCGROUP) < 0) {
        throw_errno("cannot make a cgroup namespace");
    }
    if (launch.has_user_namespace()) become_namespace_root();
    if (::setsid() < 0) throw_errno("cannot start a session");
    // A keyring of its own: the host's root session's keys are not the container's.
    if (launch.new_keyring) ::syscall(SYS_keyctl, 1 /* JOIN_SESSION_KEYRING */, nullptr, 0, 0, 0);
}

void set_names(const Launch& launch) {
    const auto& bundle = launch.bundle;
    const bool own = launch.namespaces.is_own(CLONE_NEWUTS);
    if (!own && (!bundle.hostname.empty() || !bundle.domainname.empty())) {
        throw Error(ErrorCode::InvalidArgument,
                    "a host name can be set only with a UTS namespace of its own");
    }
    if (!bundle.hostname.empty() &&
        ::sethostname(bundle.hostname.data(), bundle.hostname.size()) < 0) {
        throw_errno("cannot set the host name '" + bundle.hostname + "'");
    }
    if (!bundle.domainname.empty() &&
        ::setdomainname(bundle.domainname.data(), bundle.domainname.size()) < 0) {
        throw_errno("cannot set the domain name '" + bundle.domainname + "'");
    }
}

/// 127.0.0.1 works in every network namespace made here, whatever it is attached to.
void bring_loopback_up(const Launch& launch) {
    if (!launch.namespaces.is_fresh(CLONE_NEWNET)) return;
    const base::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    request.ifr_name[0] = 'l';
    request.ifr_name[1] = 'o';
    if (!fd || ::ioctl(fd.get(), SIOCGIFFLAGS, &request) < 0) {
        throw_errno("cannot find the loopback interface");
    }
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
    if (::ioctl(fd.get(), SIOCSIFFLAGS, &request) < 0) {
        throw_errno("cannot bring the loopback interface up");
    }
}

void give_terminal(const base::Dir& root, const spec::Process& process, const Channel& channel,
                   Terminal& terminal) {
    if (!process.terminal) return;
    terminal = open_terminal(root, process);
    show_console(root, terminal);
    channel.say_with(Word::Terminal, terminal.master.get());
    terminal.master.reset();
}

void complete_root(const Launch& launch, const base::Dir& root) {
    make_mounts(launch, root);
    make_devices(launch, root);
}

std::vector<int> descriptors_to_keep(const Launch& launch, const Channel& channel,
                                     const Additions& additions, const Terminal& terminal) {
    std::vector<int> keep = additions.keep_open;
    keep.push_back(channel.fd());
    keep.push_back(launch.own_init.get());
    keep.push_back(terminal.slave.get());
    return keep;
}

void make_container(const Launch& launch, Channel& channel, const Additions& additions) {
    const auto& bundle = launch.bundle;
    const auto process = bundle.process.value_or(spec::Process{});
    Terminal terminal;
    reset_signals();
    enter_namespaces(launch, channel);
    const bool set_groups = may_set_groups();
    const auto root = attach_root(launch);
    complete_root(launch, root);
    give_terminal(root, process, channel, terminal);
    if (additions.hooks_due) {
        channel.say(Word::HooksDue);
        channel.expect(Word::Go);
    }
    if (additions.in_namespaces) additions.in_namespaces();
    set_names(launch);
    bring_loopback_up(launch);
    if (!bundle.lnx.sysctl.empty()) write_sysctls(launch, own_procfs());
    set_labels(process);
    cover_paths(launch, root);
    enter_root(launch, root);
    const auto identity = find_identity(base::Dir::open("/"), bundle, process);
    if (process.terminal) take_terminal(terminal, identity.uid);
    const Finish finish{.process = process,
                        .filter = launch.filter,
                        .filter_flags = launch.filter_flags,
                        .preserve_fds = launch.preserve_fds,
                        .init_fd = launch.own_init.get(),
                        .make_workdir = bundle.flag(spec::kAnnotationWorkdirCreate),
                        .set_groups = set_groups,
                        .has_program = bundle.process.has_value(),
                        .strictness = launch.strictness,
                        .personality = bundle.lnx.personality_domain,
                        .keep_open = descriptors_to_keep(launch, channel, additions, terminal),
                        .channel = &channel};
    const auto payload = prepare_payload(finish, identity);
    channel.say(Word::Ready);
    channel.expect(Word::Go);
    if (additions.before_start) additions.before_start(channel);
    if (additions.in_container) additions.in_container();
    become_payload(finish, payload);
}

} // namespace

namespace {
constexpr int kHelperIsDone = 30'000; // milliseconds
} // namespace

void run_to_exec(Channel& channel, const std::function<void()>& steps) {
    int code = kExitEngine;
    try {
        steps();
    } catch (const StartError& error) {
        code = error.exit_code();
        channel.say_failed(code, error.what());
    } catch (const std::exception& error) {
        channel.say_failed(code, error.what());
    }
    // systemd may know this process as the unit's main one by now: it stays until the helper, who
    // has to record the failure, is done with it.
    const pollfd helper{.fd = channel.fd(), .events = 0, .revents = 0};
    std::array<pollfd, 1> waited{helper};
    ::poll(waited.data(), waited.size(), kHelperIsDone);
    ::_exit(code);
}

void become_container(const Launch& launch, Channel& channel, const Additions& additions) {
    run_to_exec(channel, [&] { make_container(launch, channel, additions); });
}

} // namespace berth::run
