// SPDX-License-Identifier: LGPL-2.1-or-later
#include "piped_producer.hpp"

#include <memory>
#include <utility>

#include <berth/error.hpp>

namespace berth::image {

namespace {

constexpr int kProducerPipe = 1 << 20;

} // namespace

PipedProducer::PipedProducer(const std::function<void(int)>& produce) {
    base::Pipe pipe = base::make_pipe(kProducerPipe);
    read_ = std::move(pipe.read);
    auto write = std::make_shared<base::Fd>(std::move(pipe.write));
    thread_ = std::thread([this, produce, write] {
        try {
            produce(write->get());
        } catch (...) {
            failure_ = std::current_exception();
        }
        write->reset();
    });
}

PipedProducer::~PipedProducer() {
    read_.reset();
    if (thread_.joinable()) thread_.join();
}

void PipedProducer::give_up() {
    read_.reset();
    try {
        finish();
    } catch (const Error& error) {
        if (error.sys_errno() != EPIPE) throw;
    }
}

void PipedProducer::finish() {
    if (thread_.joinable()) thread_.join();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

} // namespace berth::image
