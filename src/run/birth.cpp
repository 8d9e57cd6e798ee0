// SPDX-License-Identifier: LGPL-2.1-or-later
#include "birth.hpp"

#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

namespace berth::run {

Birth::~Birth() {
    if (!released_) ::syscall(SYS_pidfd_send_signal, child_.pidfd.get(), SIGKILL, nullptr, 0);
}

void Birth::await_ready(const Taker& adopt_terminal, const std::function<void()>& run_hooks) const {
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

void Birth::let_go(const Taker& adopt_listener) const {
    channel_.say(Word::Go);
    await_payload(channel_, adopt_listener);
}

void await_payload(const Channel& channel, const Taker& adopt_listener) {
    for (;;) {
        auto said = channel.listen();
        if (said.word == Word::Ended) return;
        if (said.word != Word::Listener) {
            throw Error(ErrorCode::Internal, "the container's process said something unexpected");
        }
        if (!adopt_listener) {
            throw Error(ErrorCode::Unsupported,
                        "a system call filter with a listener works with berth-oci only");
        }
        adopt_listener(std::move(said.fd));
    }
}

} // namespace berth::run
