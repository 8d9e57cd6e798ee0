// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-init: PID 1 of a container with --init. It starts the payload, forwards signals to it,
// reaps every orphan, and ends as the payload ends. Static, no library but the C one's few
// functions it calls. Arguments: berth-init PROGRAM ARGV0 ARGV1...
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

void say(const char* name, int error) {
    const char* cause = ::strerrordesc_np(error);
    for (const char* part : {"exec: \"", name, "\": ", cause, "\n"}) {
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, part, std::strlen(part));
    }
}

/// A process group of its own, in the foreground of the terminal if there is one, so that Ctrl-C
/// goes to the payload and not to us as well.
void take_foreground() {
    ::setpgid(0, 0);
    ::signal(SIGTTOU, SIG_IGN);
    ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
    ::signal(SIGTTOU, SIG_DFL);
}

[[noreturn]] void become_payload(char** arguments, const sigset_t& mask) {
    take_foreground();
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::execv(arguments[1], arguments + 2);
    const int error = errno;
    say(arguments[1], error);
    ::_exit(error == ENOENT ? kNotFound : kNotExecutable);
}

/// Reaps all that can be; the payload's status when it was among them, else -1.
int reap(pid_t payload) {
    int status = 0;
    int ended = -1;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0;
         pid = ::waitpid(-1, &status, WNOHANG)) {
        if (pid != payload) continue;
        ended = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return ended;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 3) return kNotFound;
    ::prctl(PR_SET_NAME, "berth-init", 0, 0, 0);
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    for (const int fatal : {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS}) {
        ::sigdelset(&all, fatal);
    }
    ::sigprocmask(SIG_SETMASK, &all, &before);
    const pid_t payload = ::fork();
    if (payload < 0) {
        say(arguments[1], errno);
        return kNotExecutable;
    }
    if (payload == 0) become_payload(arguments, before);
    for (;;) {
        siginfo_t info{};
        const int signal = ::sigwaitinfo(&all, &info);
        if (signal == SIGCHLD) {
            const int ended = reap(payload);
            if (ended >= 0) return ended;
        } else if (signal > 0) {
            ::kill(payload, signal);
        }
    }
}
