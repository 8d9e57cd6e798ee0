// SPDX-License-Identifier: LGPL-2.1-or-later
#include "agent.hpp"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <base/fd.hpp>

namespace berth::cli {
namespace {

constexpr const char* kAgent = "/usr/bin/pkttyagent";
constexpr int kRegisterMilliseconds = 2000;

[[noreturn]] void become_agent(pid_t parent, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(0);
    ::setpgid(0, 0); // Ctrl-C is for us, not for it
    std::signal(SIGTTOU, SIG_IGN);
    ::fcntl(ready, F_SETFD, 0);
    const std::string process = std::to_string(parent);
    const std::string notify = std::to_string(ready);
    ::execl(kAgent, kAgent, "--process", process.c_str(), "--notify-fd", notify.c_str(),
            "--fallback", nullptr);
    ::_exit(127);
}

} // namespace

void start_polkit_agent() {
    if (::geteuid() == 0 || ::isatty(STDIN_FILENO) == 0 || ::access(kAgent, X_OK) != 0) return;
    base::Pipe ready = base::make_pipe();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) become_agent(parent, ready.write.get());
    if (child < 0) return;
    ready.write.reset();
    // The agent closes the descriptor once polkit knows it.
    pollfd registered{ready.read.get(), POLLIN, 0};
    ::poll(&registered, 1, kRegisterMilliseconds);
}

} // namespace berth::cli
