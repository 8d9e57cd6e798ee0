// SPDX-License-Identifier: LGPL-2.1-or-later
// The threads on which the engine's blocking operations run. They come as work does and leave when
// there has been none for a while, so an idle berthd has only its main thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace berth::daemon {

class Pool {
  public:
    explicit Pool(unsigned max_threads) : max_threads_(max_threads) {}
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    /// Waits for everything that was submitted.
    ~Pool();

    /// From any thread. `work` must not throw.
    void submit(std::function<void()> work);

  private:
    void serve();

    const unsigned max_threads_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    unsigned threads_ = 0;
    unsigned idle_ = 0;
    bool closing_ = false;
};

} // namespace berth::daemon
