// SPDX-License-Identifier: LGPL-2.1-or-later
#include "birth.hpp"

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

namespace berth::run {

Birth::~Birth() {
    if (!released_) ::syscall(SYS_pidfd_send_signal, child_.pidfd.get(), SIGKILL, nullptr, 0);
}

void Birth::await_ready(const std::function<void(base::Fd)>& adopt_terminal,
                        const std::function<void()>& run_hooks) const {
    for (;;) {
        auto said = channel_.listen();
        switch (said.word) {
        case Word::Ready:
            return;
        case Word::Terminal:
            adopt_terminal(std::move(said.fd));
            break;
        case Word::HooksDue:
            run_hooks();
            channel_.say(Word::Go);
            break;
        default:
            throw Error(ErrorCode::Cancelled, "the container's process died while it was made");
        }
    }
}

void Birth::let_go() const {
    channel_.say(Word::Go);
    if (channel_.listen().word != Word::Ended) {
        throw Error(ErrorCode::Internal, "the container's process said something unexpected");
    }
}

} // namespace berth::run
