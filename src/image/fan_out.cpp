// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fan_out.hpp"

#include <algorithm>

namespace berth::image {

FanOut::FanOut(std::vector<Consumer> consumers)
    : consumers_(std::move(consumers)), memory_(kBufferSize * kBuffers), sizes_(kBuffers),
      consumed_(consumers_.size()) {
    for (std::size_t index = 0; index < consumers_.size(); ++index) {
        threads_.emplace_back([this, index] { consume(index); });
    }
}

FanOut::~FanOut() {
    stop(true);
}

std::size_t FanOut::slowest() const noexcept {
    return *std::min_element(consumed_.begin(), consumed_.end());
}

std::span<char> FanOut::next_buffer() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || produced_ - slowest() < kBuffers; });
    if (failure_) std::rethrow_exception(failure_);
    return std::span(memory_).subspan((produced_ % kBuffers) * kBufferSize, kBufferSize);
}

void FanOut::commit(std::size_t size) {
    const std::lock_guard lock(mutex_);
    sizes_[produced_ % kBuffers] = size;
    ++produced_;
    changed_.notify_all();
}

void FanOut::consume(std::size_t index) {
    for (;;) {
        std::string_view bytes;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return aborted_ || ended_ || consumed_[index] < produced_; });
            if (aborted_ || consumed_[index] == produced_) return;
            const std::size_t slot = consumed_[index] % kBuffers;
            bytes = {memory_.data() + slot * kBufferSize, sizes_[slot]};
        }
        std::exception_ptr failure;
        try {
            consumers_[index](bytes);
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        ++consumed_[index];
        if (failure && !failure_) failure_ = failure;
        if (failure) aborted_ = true;
        changed_.notify_all();
    }
}

void FanOut::stop(bool at_once) noexcept {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        aborted_ = aborted_ || at_once;
        changed_.notify_all();
    }
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void FanOut::finish() {
    stop(false);
    if (failure_) std::rethrow_exception(failure_);
}

} // namespace berth::image
