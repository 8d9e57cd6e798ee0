// SPDX-License-Identifier: LGPL-2.1-or-later
// What all steps of one build share.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <build/host.hpp>
#include <build/output.hpp>
#include <build/scope.hpp>
#include <build/trees.hpp>
#include <dockerfile/stages.hpp>
#include <image/config_step.hpp>

namespace berth::build {

/// An image on its way.
struct StageState {
    image::ConfigState config;
    Stack stack;
};

struct Session {
    image::Engine& engine;
    Host& host;
    Output& output;
    Trees& trees;
    const spec::BuildRequest& request;
    const dockerfile::Stages& stages;
    Scope& scope;
    std::map<std::size_t, StageState> done; ///< stages by their number
    std::vector<spec::JobImage> pulled;
    std::vector<spec::JobStep> steps; ///< layers made or found
    unsigned runs = 0;
    bool cached = false; ///< the step that is being done was found

    /// An image by its name, from here or from its registry.
    [[nodiscard]] spec::JobImage image(const std::string& name, const std::string& platform);
    /// All that is to be recorded, as a job's result in JSON.
    [[nodiscard]] std::string made() const;
    /// Puts on the stack what an earlier build made of the same inputs, or what `make` makes.
    void add_layer(StageState& stage, const std::string& inputs,
                   const std::function<spec::JobLayer()>& make);
};

/// Adds to the history what an instruction did.
void note_history(StageState& stage, const std::string& text, bool empty_layer);

// One instruction each; the node has passed dockerfile::check_step().
void step_run(Session& session, StageState& stage, const dockerfile::Node& node);
void step_copy(Session& session, StageState& stage, const dockerfile::Node& node,
               std::size_t stage_number);
void step_workdir(Session& session, StageState& stage, const dockerfile::Node& node);
void step_health(StageState& stage, const dockerfile::Node& node);

/// What COPY --from names: a stage before `below`, or an image.
[[nodiscard]] StageState state_of_image(const spec::JobImage& image, char escape);

} // namespace berth::build
