// SPDX-License-Identifier: LGPL-2.1-or-later
// The container that one RUN step of a build is: berth-build-JOB-STEP.service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <container/create.hpp>

namespace berth::container {

struct StepRequest {
    std::uint64_t job = 0;
    unsigned step = 0;
    std::optional<LayerId> parent; ///< what its root stands on; none: an empty one
    std::string config;            ///< an image's configuration as JSON, command and all
    std::string network;           ///< as --network takes it; empty: the default
    std::uint32_t owner_uid = 0;
};

/// What its record calls its image: there is none of this state, so a digest that no other
/// container has.
[[nodiscard]] std::string step_image(const StepRequest& request);

/// Harmless when it is gone.
void remove_step(Engine& engine, std::uint64_t job, unsigned step, const std::string& image);

/// For run(). Exists when its name is taken.
[[nodiscard]] Prepared prepare_step(Engine& engine, const StepRequest& request);

} // namespace berth::container
