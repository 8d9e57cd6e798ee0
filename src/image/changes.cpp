// SPDX-License-Identifier: LGPL-2.1-or-later
#include "changes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <dockerfile/parser.hpp>
#include <dockerfile/stages.hpp>
#include <image/config_step.hpp>

namespace berth::image {

namespace {

// As docker: SHELL and MAINTAINER are for Dockerfiles.
constexpr std::array<std::string_view, 10> kChanges{"cmd",    "entrypoint", "env",        "expose",
                                                    "label",  "onbuild",    "stopsignal", "user",
                                                    "volume", "workdir"};

void require_known(const std::string& name) {
    const std::string lower = base::to_lower(name);
    if (std::find(kChanges.begin(), kChanges.end(), lower) != kChanges.end()) return;
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(name.substr(0, 40)) +
                    "' is no change; known are CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, "
                    "STOPSIGNAL, USER, VOLUME and WORKDIR");
}

} // namespace

void apply_change(spec::ImageConfig& config, std::string_view change) {
    const dockerfile::Tree tree = dockerfile::parse(change);
    if (tree.nodes.size() != 1) {
        throw Error(ErrorCode::InvalidArgument,
                    "a change is one instruction, not " + std::to_string(tree.nodes.size()));
    }
    const dockerfile::Node& node = tree.nodes[0];
    require_known(node.name);
    dockerfile::check_step(node, false);
    // What the container ran by is its own: an ENTRYPOINT leaves the CMD beside it.
    ConfigState state{.config = std::move(config), .cmd_set = true};
    try {
        (void)apply_config_step(state, node);
    } catch (const Error&) {
        config = std::move(state.config);
        throw;
    }
    config = std::move(state.config);
}

} // namespace berth::image
