// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <set>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::build {

namespace {

std::size_t find_target(const dockerfile::Stages& stages, const std::string& target) {
    if (target.empty()) return stages.stages.size() - 1;
    if (const auto found = find_stage(stages, target, stages.stages.size())) return *found;
    throw Error(ErrorCode::NotFound,
                "target stage '" + base::printable(target) + "' could not be found");
}

PlannedStage plan_stage(const dockerfile::Stages& stages, const Scope& scope, std::size_t number) {
    const auto& stage = stages.stages[number];
    const auto& from = *stage.from;
    PlannedStage planned{.stage = &stage, .number = number};
    planned.base = scope.expand_global(from.args.at(0));
    planned.platform = scope.expand_global(dockerfile::flag_of(from, "platform"));
    if (planned.base.empty()) {
        throw dockerfile::SyntaxError("base name (" + base::printable(from.args[0]) +
                                          ") should not be blank",
                                      from.first_line, from.line);
    }
    // By name alone: "FROM 0" is an image.
    for (std::size_t other = 0; other < number; ++other) {
        if (stages.stages[other].name == base::to_lower(planned.base)) planned.parent = other;
    }
    if (planned.parent) planned.base.clear();
    return planned;
}

/// Stages that its COPY --from name. Those with variables count when their text is a stage's name
/// once they are known, which the step itself finds out.
std::set<std::size_t> copied_stages(const dockerfile::Stages& stages, std::size_t number) {
    std::set<std::size_t> numbers;
    for (const auto* step : stages.stages[number].steps) {
        const std::string from = dockerfile::flag_of(*step, "from");
        if (from.empty()) continue;
        if (const auto other = find_stage(stages, from, number)) numbers.insert(*other);
    }
    return numbers;
}

} // namespace

std::optional<std::size_t> find_stage(const dockerfile::Stages& stages, const std::string& name,
                                      std::size_t below) {
    const std::string lower = base::to_lower(name);
    for (std::size_t number = 0; number < below; ++number) {
        if (!lower.empty() && stages.stages[number].name == lower) return number;
    }
    const auto number = base::parse_number(lower, stages.stages.size());
    if (number && *number < below) return static_cast<std::size_t>(*number);
    return std::nullopt;
}

std::vector<PlannedStage> plan_stages(const dockerfile::Stages& stages, const Scope& scope,
                                      const std::string& target) {
    const std::size_t last = find_target(stages, target);
    std::vector<PlannedStage> planned;
    for (std::size_t number = 0; number <= last; ++number)
        planned.push_back(plan_stage(stages, scope, number));
    std::set<std::size_t> needed{last};
    for (std::size_t number = last + 1; number-- > 0;) {
        if (!needed.contains(number)) continue;
        if (planned[number].parent) needed.insert(*planned[number].parent);
        needed.merge(copied_stages(stages, number));
    }
    std::erase_if(planned, [&](const auto& stage) { return !needed.contains(stage.number); });
    return planned;
}

} // namespace berth::build
