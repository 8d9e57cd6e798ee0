// SPDX-License-Identifier: LGPL-2.1-or-later
// The containers of a build's RUN steps, which live no longer than their job. Blocking.
#pragma once

#include <cstdint>

#include <container/engine.hpp>

namespace berth::daemon {

/// Removes what is left of a job's steps, running or not.
void end_steps(container::Engine& engine, std::uint64_t job) noexcept;

} // namespace berth::daemon
