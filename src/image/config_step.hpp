// SPDX-License-Identifier: LGPL-2.1-or-later
// The instructions of a Dockerfile that change nothing but an image's configuration, with docker's
// semantics: variables are expanded, ENTRYPOINT takes an inherited CMD away, a relative WORKDIR
// stands on the last one. Pure.
#pragma once

#include <map>
#include <string>

#include <dockerfile/node.hpp>
#include <spec/image_config.hpp>

namespace berth::image {

struct ConfigState {
    spec::ImageConfig config;
    std::map<std::string, std::string> args{}; ///< of ARG; ENV of the same name hides them
    bool cmd_set = false;                      ///< CMD was given, so ENTRYPOINT leaves it
    char escape = '\\';
};

/// False, and nothing is changed, for an instruction that does more than that: RUN, COPY, ADD,
/// FROM, ARG, HEALTHCHECK. The node must have passed dockerfile::check_step(). InvalidArgument says
/// what is wrong.
[[nodiscard]] bool apply_config_step(ConfigState& state, const dockerfile::Node& node);

} // namespace berth::image
