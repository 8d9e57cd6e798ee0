// SPDX-License-Identifier: LGPL-2.1-or-later
// A producer in a thread of its own, writing into a pipe that the caller reads.
#pragma once

#include <exception>
#include <functional>
#include <thread>

#include <base/fd.hpp>

namespace berth::image {

class PipedProducer {
  public:
    /// `produce` writes to the descriptor it gets; its end is the end of the stream.
    explicit PipedProducer(const std::function<void(int)>& produce);
    PipedProducer(const PipedProducer&) = delete;
    PipedProducer& operator=(const PipedProducer&) = delete;
    /// Makes the producer fail if it still writes, and waits for it.
    ~PipedProducer();

    /// Where the stream comes out.
    [[nodiscard]] int fd() const noexcept { return read_.get(); }
    /// Waits for the producer; throws what it threw.
    void finish();
    /// For a reader that has failed: ends the producer, and throws its failure if it had one of its
    /// own before.
    void give_up();

  private:
    base::Fd read_;
    std::exception_ptr failure_;
    std::thread thread_;
};

} // namespace berth::image
