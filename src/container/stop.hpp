// SPDX-License-Identifier: LGPL-2.1-or-later
// Ending, interrupting and signalling what runs: all of it is the unit's work.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <container/start.hpp>

namespace berth::container {

struct StopOptions {
    std::optional<std::chrono::microseconds>
        timeout;        ///< empty: the container's; negative: for ever
    std::string signal; ///< empty: the container's
};

/// Returns when it has stopped; harmless for one that does not run.
void stop(Engine& engine, const ContainerId& id, const StopOptions& options);
/// NotRunning; InvalidArgument for an unknown signal.
void kill(Engine& engine, const ContainerId& id, const std::string& signal);
Started restart(Engine& engine, const ContainerId& id, const StopOptions& options);
void pause(Engine& engine, const ContainerId& id);
void resume(Engine& engine, const ContainerId& id);

} // namespace berth::container
