// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hooks.hpp"

#include <csignal>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <berth/error.hpp>
#include <run/clone.hpp>
#include <run/stdio.hpp>

namespace berth::run::oci {

namespace {

[[noreturn]] void become_hook(const spec::Hook& hook, int input) {
    reset_signals();
    ::dup2(input, 0);
    std::vector<char*> args;
    std::vector<char*> env;
    for (const auto& arg : hook.args)
        args.push_back(const_cast<char*>(arg.c_str()));
    if (args.empty()) args.push_back(const_cast<char*>(hook.path.c_str()));
    for (const auto& entry : hook.env)
        env.push_back(const_cast<char*>(entry.c_str()));
    args.push_back(nullptr);
    env.push_back(nullptr);
    ::execve(hook.path.c_str(), args.data(), env.data());
    ::_exit(127);
}

/// False when the time is over.
bool wait_until(int pidfd, const std::optional<unsigned>& seconds) {
    pollfd item{pidfd, POLLIN, 0};
    const int limit = seconds ? static_cast<int>(*seconds * 1000) : -1;
    int result = -1;
    do {
        result = ::poll(&item, 1, limit);
    } while (result < 0 && errno == EINTR);
    return result > 0;
}

void run_hook(const spec::Hook& hook, const std::string& state) {
    auto input = base::make_pipe();
    const auto child = clone_process(0, -1, [&] { become_hook(hook, input.read.get()); });
    input.read.reset();
    ::signal(SIGPIPE, SIG_IGN);
    try {
        base::write_all(input.write.get(), state);
    } catch (const Error&) {
        // A hook need not read it.
    }
    input.write.reset();
    const bool ended = wait_until(child.pidfd.get(), hook.timeout);
    if (!ended) ::syscall(SYS_pidfd_send_signal, child.pidfd.get(), SIGKILL, nullptr, 0);
    int status = 0;
    ::waitpid(child.pid, &status, 0);
    if (!ended) {
        throw Error(ErrorCode::Cancelled, "'" + hook.path + "' took longer than its timeout");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    throw Error(ErrorCode::Io,
                "'" + hook.path + "' failed: " +
                    (WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status))
                                         : "exit status " + std::to_string(WEXITSTATUS(status))));
}

} // namespace

void run_hooks(const std::vector<spec::Hook>& hooks, const char* point, const std::string& state,
               OnFailure on_failure) {
    for (const auto& hook : hooks) {
        try {
            run_hook(hook, state);
        } catch (const Error& error) {
            const auto failure = with_context(std::string(point) + " hook", error);
            if (on_failure == OnFailure::Stop) throw failure;
            log::warning("%s", failure.what());
        }
    }
}

} // namespace berth::run::oci
