// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cancel.hpp"

#include <atomic>

#include <berth/error.hpp>

namespace berth::image {

namespace {

std::atomic<bool> cancelled{false};
static_assert(std::atomic<bool>::is_always_lock_free);

} // namespace

void request_cancel() noexcept {
    cancelled.store(true);
}

bool is_cancelled() noexcept {
    return cancelled.load();
}

void throw_if_cancelled() {
    if (is_cancelled()) throw Error(ErrorCode::Cancelled, "the job was cancelled");
}

} // namespace berth::image
