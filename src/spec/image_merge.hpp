// SPDX-License-Identifier: LGPL-2.1-or-later
// What an image's configuration adds to a container's. The image is not trusted: what it says is
// checked like a user's words, and it chooses nothing of the host.
#pragma once

#include <string>
#include <vector>

#include <spec/container_spec.hpp>
#include <spec/image_config.hpp>

namespace berth::spec {

inline constexpr const char* kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// `entrypoint_given`: the user named one, so the image's command does not apply either. Returns
/// warnings.
std::vector<std::string> merge_image(ContainerSpec& spec, const ImageConfig& image,
                                     bool entrypoint_given);

/// Puts `entries` ("K=V"; "K" takes the variable away) over `env`, in place where a key exists.
void merge_env(std::vector<std::string>& env, const std::vector<std::string>& entries);

/// "name[:group]" of names or numbers below 2^31; InvalidArgument with `origin` in the message.
void check_user(const std::string& user, const std::string& origin);

} // namespace berth::spec
