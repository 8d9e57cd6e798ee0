// SPDX-License-Identifier: LGPL-2.1-or-later
// Variables of a Dockerfile: ARG before the first FROM, ARG in a stage, --build-arg. Pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include <dockerfile/expand.hpp>
#include <dockerfile/node.hpp>
#include <dockerfile/stages.hpp>
#include <image/config_step.hpp>
#include <spec/platform.hpp>

namespace berth::build {

using Variables = std::map<std::string, std::string>;

/// What the engine knows by itself: TARGETPLATFORM, BUILDARCH and the like.
[[nodiscard]] Variables platform_variables(const spec::Platform& platform);

class Scope {
  public:
    /// `given`: of --build-arg.
    Scope(Variables given, Variables builtin, char escape);

    /// An ARG before the first FROM.
    void declare_global(const dockerfile::Node& node);
    /// Expands what stands in a FROM, which sees the global ones.
    [[nodiscard]] std::string expand_global(const std::string& word) const;
    /// An ARG in a stage: its value goes to the state's.
    void declare(image::ConfigState& state, const dockerfile::Node& node);
    /// Of --build-arg, and never asked for by an ARG.
    [[nodiscard]] std::set<std::string> unused() const;

  private:
    Variables given_;
    Variables builtin_;
    Variables global_;
    std::set<std::string> used_;
    char escape_;
};

/// The words of an instruction see ENV, then ARG.
[[nodiscard]] dockerfile::Lookup lookup_in(const image::ConfigState& state);

} // namespace berth::build
