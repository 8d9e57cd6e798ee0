// SPDX-License-Identifier: LGPL-2.1-or-later
#include "finish.hpp"

#include <algorithm>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <berth/error.hpp>
#include <run/identity.hpp>
#include <run/limits.hpp>
#include <run/payload.hpp>
#include <run/stdio.hpp>

namespace berth::run {

namespace {

/// Nothing that leads to the host's directories may be open when a path the container chose is
/// looked up: /proc/self/fd/N is such a path.
void close_all_but(unsigned first, std::vector<int> keep) {
    std::sort(keep.begin(), keep.end());
    for (const int fd : keep) {
        const auto number = static_cast<unsigned>(fd);
        if (fd < 0 || number < first) continue;
        if (number > first) ::syscall(SYS_close_range, first, number - 1, 0);
        first = number + 1;
    }
    if (::syscall(SYS_close_range, first, ~0U, 0) < 0) throw_errno("cannot close descriptors");
}

/// The first of `paths` that is there takes the label; `sign` exists where the module runs.
void write_label(const char* module, const char* sign, const std::vector<const char*>& paths,
                 const std::string& label) {
    if (::access(sign, F_OK) < 0) {
        throw Error(ErrorCode::Unsupported, std::string(module) + " does not run here, so that '" +
                                                label + "' can't be applied");
    }
    for (const char* path : paths) {
        const base::Fd fd(::open(path, O_WRONLY | O_CLOEXEC));
        if (!fd) continue;
        if (::write(fd.get(), label.data(), label.size()) >= 0) return;
        throw_errno(std::string("cannot apply the ") + module + " label '" + label + "'");
    }
    throw_errno(std::string("cannot open the process's ") + module + " attribute");
}

/// From here on the process may be waiting for whoever listens: nothing comes between.
void apply_filter(const Finish& finish) {
    const auto listener = load_filter(finish.filter, finish.filter_flags);
    if (listener) finish.channel->say_with(Word::Listener, listener.get());
}

void exec_init(const Finish& finish, const Payload& payload) {
    std::vector<std::string> args{"berth-init", payload.path};
    args.insert(args.end(), finish.process.args.begin(), finish.process.args.end());
    std::vector<char*> argv;
    std::vector<char*> envp;
    for (const auto& arg : args)
        argv.push_back(const_cast<char*>(arg.c_str()));
    for (const auto& entry : payload.environment)
        envp.push_back(const_cast<char*>(entry.c_str()));
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    ::syscall(SYS_execveat, finish.init_fd, "", argv.data(), envp.data(), AT_EMPTY_PATH);
    throw_errno("cannot start berth-init");
}

} // namespace

void set_labels(const spec::Process& process) {
    if (!process.apparmor_profile.empty() && process.apparmor_profile != "unconfined") {
        write_label("AppArmor", "/sys/kernel/security/apparmor",
                    {"/proc/self/attr/apparmor/exec", "/proc/self/attr/exec"},
                    "exec " + process.apparmor_profile);
    }
    if (!process.selinux_label.empty()) {
        write_label("SELinux", "/sys/fs/selinux/enforce", {"/proc/self/attr/exec"},
                    process.selinux_label);
    }
}

Payload prepare_payload(const Finish& finish, const Identity& identity) {
    const auto& process = finish.process;
    if (finish.make_workdir) {
        make_working_directory(base::Dir::open("/"), process.cwd, identity);
    }
    if (!process.terminal) use_own_null(base::Dir::open("/"));
    close_all_but(3 + finish.preserve_fds, finish.keep_open);
    if (!process.terminal) own_pipes(identity.uid);
    set_limits(process, finish.strictness);
    set_personality(finish.personality);
    if (process.user.umask) {
        ::umask(*process.user.umask);
    } else {
        ::umask(0022);
    }
    if (process.capabilities) limit_bounding_set(*process.capabilities);
    become_user(identity, finish.set_groups);
    // As the payload's user, so that a directory or program it can't reach is refused now.
    enter_working_directory(process.cwd);
    Payload payload;
    if (!finish.has_program) return payload;
    payload.environment = payload_environment(process, identity);
    payload.path = find_program(process.args.front(), payload.environment);
    return payload;
}

void become_payload(const Finish& finish, const Payload& payload) {
    const auto& process = finish.process;
    if (!process.no_new_privileges && !finish.filter.empty()) {
        raise_capabilities(); // CAP_SYS_ADMIN, in place of no_new_privs
        apply_filter(finish);
    }
    if (process.capabilities) set_capabilities(*process.capabilities);
    if (process.no_new_privileges) {
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) throw_errno("cannot set no_new_privs");
        if (!finish.filter.empty()) apply_filter(finish);
    }
    if (finish.init_fd >= 0) exec_init(finish, payload);
    exec_program(payload.path, process.args, payload.environment);
}

} // namespace berth::run
