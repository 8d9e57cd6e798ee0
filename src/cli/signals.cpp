// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signals.hpp"

#include <cstring>

namespace berth::cli {

SignalBlock::SignalBlock(const std::vector<int>& numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers)
        sigaddset(&set, number);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

SignalBlock::~SignalBlock() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

const std::vector<int>& forwarded_signals() {
    static const std::vector<int> numbers = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
                                             SIGUSR1, SIGUSR2, SIGALRM, SIGCONT};
    return numbers;
}

std::string signal_name(int number) {
    const char* name = ::sigabbrev_np(number);
    return name != nullptr ? name : std::to_string(number);
}

} // namespace berth::cli
