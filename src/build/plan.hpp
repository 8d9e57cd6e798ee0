// SPDX-License-Identifier: LGPL-2.1-or-later
// Which stages a build needs: the target and whatever it stands on or copies from. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <build/scope.hpp>
#include <dockerfile/stages.hpp>

namespace berth::build {

struct PlannedStage {
    const dockerfile::Stage* stage = nullptr;
    std::size_t number = 0;            ///< in the Dockerfile, from 0
    std::string base;                  ///< image; "scratch"; empty with base_stage
    std::optional<std::size_t> parent; ///< number of the stage it stands on
    std::string platform;              ///< of FROM --platform
};

/// Stages in the Dockerfile's order; the last is the target. NotFound for a target that is none.
[[nodiscard]] std::vector<PlannedStage> plan_stages(const dockerfile::Stages& stages,
                                                    const Scope& scope, const std::string& target);

/// The stage before `below` that --from names; none: an image.
[[nodiscard]] std::optional<std::size_t> find_stage(const dockerfile::Stages& stages,
                                                    const std::string& name, std::size_t below);

} // namespace berth::build
