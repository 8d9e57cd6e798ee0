// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pool.hpp"

#include <chrono>
#include <csignal>

namespace berth::daemon {

namespace {

constexpr std::chrono::seconds kLinger{3};

// Signals are for the main thread; a new thread has its creator's mask.
class BlockedSignals {
  public:
    BlockedSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

} // namespace

Pool::~Pool() {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return threads_ == 0; });
}

void Pool::submit(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    if (idle_ >= queue_.size() || threads_ >= max_threads_) {
        changed_.notify_one();
        return;
    }
    const BlockedSignals blocked;
    std::thread([this] { serve(); }).detach();
    ++threads_;
}

void Pool::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait_for(lock, kLinger, [this] { return !queue_.empty() || closing_; });
        --idle_;
        if (queue_.empty()) break;
        const auto work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
    --threads_;
    // Under the lock: the destructor may not finish while this thread still uses the pool.
    changed_.notify_all();
}

} // namespace berth::daemon
