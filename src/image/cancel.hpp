// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's wish to end early. Set by the worker on SIGTERM; pipelines ask between pieces of work.
#pragma once

namespace berth::image {

/// Async-signal-safe and thread-safe.
void request_cancel() noexcept;
[[nodiscard]] bool is_cancelled() noexcept;
/// Throws Cancelled once request_cancel() was called.
void throw_if_cancelled();

} // namespace berth::image
