// SPDX-License-Identifier: LGPL-2.1-or-later
// Hands a stream from one producer to several consumers, each in a thread of its own, through a
// ring of buffers: inflating, hashing and writing go on at the same time, in bounded memory.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

namespace berth::image {

class FanOut {
  public:
    using Consumer = std::function<void(std::string_view)>;

    static constexpr std::size_t kBufferSize = 256U << 10U;
    static constexpr std::size_t kBuffers = 16;

    explicit FanOut(std::vector<Consumer> consumers);
    FanOut(const FanOut&) = delete;
    FanOut& operator=(const FanOut&) = delete;
    /// Stops the consumers where they are, unless finish() was called.
    ~FanOut();

    /// A buffer to fill; waits until the slowest consumer has left one. Throws what a consumer
    /// threw.
    [[nodiscard]] std::span<char> next_buffer();
    /// Passes on the first `size` bytes of the buffer that next_buffer() gave.
    void commit(std::size_t size);
    /// Waits until all is consumed; throws what a consumer threw.
    void finish();

  private:
    void consume(std::size_t index);
    void stop(bool at_once) noexcept;
    [[nodiscard]] std::size_t slowest() const noexcept;

    std::vector<Consumer> consumers_;
    std::vector<char> memory_;
    std::vector<std::size_t> sizes_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t produced_ = 0;          ///< buffers filled so far
    std::vector<std::size_t> consumed_; ///< buffers each consumer is done with
    bool ended_ = false;
    bool aborted_ = false;
    std::exception_ptr failure_;
    std::vector<std::thread> threads_;
};

} // namespace berth::image
