// SPDX-License-Identifier: LGPL-2.1-or-later
#include "join.hpp"

#include <array>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/container.hpp>
#include <run/finish.hpp>
#include <run/identity.hpp>
#include <run/mounts.hpp>
#include <run/stdio.hpp>
#include <run/terminal.hpp>

namespace berth::run {

namespace {

constexpr int kCloneTime = 0x80; // CLONE_NEWTIME

struct Kind {
    const char* file;
    int flag;
};

constexpr std::array<Kind, 8> kKinds{{{"user", CLONE_NEWUSER},
                                      {"mnt", CLONE_NEWNS},
                                      {"pid", CLONE_NEWPID},
                                      {"ipc", CLONE_NEWIPC},
                                      {"uts", CLONE_NEWUTS},
                                      {"net", CLONE_NEWNET},
                                      {"cgroup", CLONE_NEWCGROUP},
                                      {"time", kCloneTime}}};

std::string namespace_path(const std::string& process, const char* file) {
    return "/proc/" + process + "/ns/" + file;
}

/// Those of the process that are not ours.
int foreign_namespaces(pid_t pid) {
    int flags = 0;
    for (const auto& kind : kKinds) {
        struct stat theirs {};
        struct stat ours {};
        if (::stat(namespace_path(std::to_string(pid), kind.file).c_str(), &theirs) < 0 ||
            ::stat(namespace_path("self", kind.file).c_str(), &ours) < 0) {
            continue;
        }
        if (theirs.st_ino != ours.st_ino) flags |= kind.flag;
    }
    return flags;
}

/// The directory of the process's cgroup, if this machine shows one to us.
base::Fd open_cgroup(pid_t pid) {
    const auto text = base::read_file("/proc/" + std::to_string(pid) + "/cgroup", 65536);
    for (const auto& line : base::split(text, '\n')) {
        if (line.compare(0, 3, "0::") != 0) continue;
        for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
            const auto path = root + line.substr(3);
            const auto procs = path + "/cgroup.procs";
            if (::access(procs.c_str(), W_OK) < 0) continue;
            return base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        }
    }
    return {};
}

void enter_namespaces(const InitProcess& init, int flags) {
    const int later = flags & ~(CLONE_NEWPID | kCloneTime);
    if (later != 0 && ::setns(init.pidfd.get(), later) < 0) {
        throw_errno("cannot join the container's namespaces");
    }
    if ((flags & CLONE_NEWUSER) != 0 && (::setresgid(0, 0, 0) < 0 || ::setresuid(0, 0, 0) < 0)) {
        throw_errno("cannot become root of the container's user namespace");
    }
    if (::setsid() < 0) throw_errno("cannot start a session");
}

Identity identity_of(const Joining& joining, const base::Dir& root) {
    return joining.by_user_name
               ? find_identity(root, joining.bundle, joining.process, joining.user)
               : find_identity(root, spec::Bundle{}, joining.process, joining.user);
}

void become_joined(const Joining& joining, const InitProcess& init, int flags,
                   const Channel& channel) {
    const auto& process = joining.process;
    reset_signals();
    const bool set_groups = may_set_groups(std::to_string(init.pid));
    set_labels(process); // by the host's /proc: the container's may be anything
    enter_namespaces(init, flags);
    const auto root = base::Dir::open("/");
    Terminal terminal;
    if (process.terminal) {
        terminal = open_terminal(root, process);
        channel.say_with(Word::Terminal, terminal.master.get());
        terminal.master.reset();
    }
    const auto identity = identity_of(joining, root);
    if (process.terminal) take_terminal(terminal, identity.uid);
    const Finish finish{.process = process,
                        .filter = joining.filter,
                        .filter_flags = joining.filter_flags,
                        .preserve_fds = joining.preserve_fds,
                        .set_groups = set_groups,
                        .strictness = joining.strictness,
                        .personality = joining.bundle.lnx.personality_domain,
                        .keep_open = {channel.fd(), terminal.slave.get()},
                        .channel = &channel};
    const auto payload = prepare_payload(finish, identity);
    channel.say(Word::Ready);
    channel.expect(Word::Go);
    become_payload(finish, payload);
}

} // namespace

Birth join_container(const Joining& joining, const InitProcess& init, bool sibling) {
    // Nobody in the container may look at, trace or reopen what the new process has until it execs;
    // the child inherits this.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) throw_errno("cannot hide from the container");
    auto channel = make_channel();
    const int flags = foreign_namespaces(init.pid);
    const auto cgroup = open_cgroup(init.pid);
    const int for_children = flags & (CLONE_NEWPID | kCloneTime);
    if (for_children != 0 && ::setns(init.pidfd.get(), for_children) < 0) {
        throw_errno("cannot join the container's pid namespace");
    }
    auto child = clone_process(sibling ? CLONE_PARENT : 0, cgroup.get(), [&] {
        channel.helper.close();
        run_to_exec(channel.child, [&] { become_joined(joining, init, flags, channel.child); });
    });
    return {std::move(child), std::move(channel.helper)};
}

} // namespace berth::run
