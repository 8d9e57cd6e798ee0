// SPDX-License-Identifier: LGPL-2.1-or-later
#include "clone.hpp"

#include <csignal>

#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <berth/error.hpp>

namespace berth::run {

Child clone_process(std::uint64_t flags, int cgroup_fd, const std::function<void()>& child) {
    int pidfd = -1;
    clone_args arguments{};
    arguments.flags = flags | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    // A child of the parent's parent inherits the exit signal, which has to be left out then.
    arguments.exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
    if (cgroup_fd >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
    }
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0) throw_errno("cannot make the container's process and namespaces");
    if (pid == 0) {
        child();
        ::_exit(125);
    }
    return {static_cast<pid_t>(pid), base::Fd(pidfd)};
}

} // namespace berth::run
