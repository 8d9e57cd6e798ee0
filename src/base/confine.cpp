// SPDX-License-Identifier: LGPL-2.1-or-later
#include "confine.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/handle.hpp>
#include <base/mount.hpp>
#include <berth/error.hpp>

namespace berth::base {

namespace {

using Filter = Handle<void, seccomp_release>;

constexpr std::array kDenied{"execve",
                             "execveat",
                             "socket",
                             "socketpair",
                             "connect",
                             "bind",
                             "listen",
                             "accept",
                             "accept4",
                             "sendto",
                             "sendmsg",
                             "sendmmsg",
                             "ptrace",
                             "process_vm_readv",
                             "process_vm_writev",
                             "process_madvise",
                             "kill",
                             "tkill",
                             "rt_sigqueueinfo",
                             "rt_tgsigqueueinfo",
                             "pidfd_open",
                             "pidfd_getfd",
                             "pidfd_send_signal",
                             "mount",
                             "umount2",
                             "pivot_root",
                             "chroot",
                             "open_tree",
                             "move_mount",
                             "fsopen",
                             "fsconfig",
                             "fsmount",
                             "fspick",
                             "mount_setattr",
                             "unshare",
                             "setns",
                             "bpf",
                             "perf_event_open",
                             "userfaultfd",
                             "keyctl",
                             "add_key",
                             "request_key",
                             "init_module",
                             "finit_module",
                             "delete_module",
                             "kexec_load",
                             "kexec_file_load",
                             "reboot",
                             "swapon",
                             "swapoff",
                             "open_by_handle_at",
                             "name_to_handle_at",
                             "io_uring_setup",
                             "io_uring_enter",
                             "io_uring_register",
                             "quotactl",
                             "quotactl_fd",
                             "acct",
                             "settimeofday",
                             "clock_settime",
                             "clock_adjtime",
                             "adjtimex",
                             "sethostname",
                             "setdomainname",
                             "iopl",
                             "ioperm",
                             "syslog",
                             "personality",
                             "lookup_dcookie",
                             "fanotify_init",
                             "setpriority",
                             "sched_setscheduler",
                             "sched_setattr",
                             "ioprio_set",
                             "mbind",
                             "migrate_pages",
                             "move_pages",
                             "set_mempolicy",
                             "vhangup",
                             "shmget",
                             "shmat",
                             "msgget",
                             "semget",
                             "mq_open",
                             "modify_ldt",
                             "kcmp",
                             "prlimit64"};

void add_rule(const Filter& filter, std::uint32_t action, int call,
              const std::vector<scmp_arg_cmp>& conditions) {
    const int status = seccomp_rule_add_array(
        filter.get(), action, call, static_cast<unsigned>(conditions.size()), conditions.data());
    if (status < 0) throw_errno("cannot build a system call filter", -status);
}

void fill(const Filter& filter) {
    for (const char* name : kDenied) {
        const int call = seccomp_syscall_resolve_name(name);
        // prlimit64 is how glibc reads its own limits; only those of others are refused.
        if (std::string(name) == "prlimit64") {
            add_rule(filter, SCMP_ACT_ERRNO(EPERM), call, {SCMP_A0(SCMP_CMP_NE, 0, 0)});
        } else if (call != __NR_SCMP_ERROR) {
            add_rule(filter, SCMP_ACT_ERRNO(EPERM), call, {});
        }
    }
    // abort(3) signals its own process.
    add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill),
             {SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(::getpid()), 0)});
    // Threads, but no processes in new namespaces; clone3's flags lie in memory, so that glibc is
    // told to use clone.
    for (const unsigned flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
                                CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP}) {
        add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone),
                 {SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)});
    }
    add_rule(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), {});
    for (const unsigned request : {TIOCSTI, TIOCLINUX}) {
        add_rule(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl),
                 {SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffU, request)});
    }
}

std::uint64_t mask_of(const std::vector<int>& capabilities) {
    std::uint64_t mask = 0;
    for (const int capability : capabilities)
        mask |= std::uint64_t{1} << capability;
    return mask;
}

void shrink_bounding_set(std::uint64_t keep) {
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
        if (capability < 64 && ((keep >> capability) & 1U) != 0) continue;
        // Without CAP_SETPCAP the set stays; no_new_privs makes it meaningless anyway.
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno != EPERM) {
            throw_errno("cannot reduce the capability bounding set");
        }
    }
}

} // namespace

void enter_tree(MountPlan plan, const std::string& mount_point) {
    for (auto& step : plan.steps) {
        for (const char* flag : {"nosuid", "nodev", "noexec"})
            step.options.emplace_back(flag, "");
    }
    if (::unshare(CLONE_NEWNS) < 0) throw_errno("cannot make a mount namespace");
    make_mounts_private();
    mount_at(plan, mount_point);
    if (::chdir(mount_point.c_str()) < 0) throw_errno("cannot enter '" + mount_point + "'");
    // With both arguments "." the old root lies on top of the new one, and is taken off.
    if (::syscall(SYS_pivot_root, ".", ".") < 0) throw_errno("cannot change the root directory");
    if (::umount2(".", MNT_DETACH) < 0) throw_errno("cannot take the old root off");
    if (::chdir("/") < 0) throw_errno("cannot enter the new root directory");
}

void enter_empty_tree(const std::string& mount_point) {
    MountStep step;
    step.filesystem = "tmpfs";
    step.source = "berth";
    step.options = {{"size", "4k"}, {"nr_inodes", "2"}, {"mode", "0555"}};
    step.read_only = true;
    enter_tree({{step}}, mount_point);
}

void keep_capabilities(const std::vector<int>& keep) {
    const std::uint64_t mask = mask_of(keep);
    shrink_bounding_set(mask);
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) < 0) throw_errno("cannot read capabilities");
    for (unsigned word = 0; word < 2; ++word) {
        const auto part = static_cast<std::uint32_t>(mask >> (32U * word));
        data[word].permitted &= part;
        data[word].effective = data[word].permitted;
        data[word].inheritable = 0;
    }
    if (::syscall(SYS_capset, &header, data.data()) < 0) throw_errno("cannot drop capabilities");
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) throw_errno("cannot set no_new_privs");
}

void deny_dangerous_calls() {
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter) throw Error(ErrorCode::Exhausted, "out of memory");
    fill(filter);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    const int status = seccomp_load(filter.get());
    if (status < 0) throw_errno("cannot load the system call filter", -status);
}

} // namespace berth::base
