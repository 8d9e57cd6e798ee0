// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes to an image's configuration in Dockerfile words, as commit and import take them: CMD,
// ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR. Variables are those
// of the image's Env. Pure.
#pragma once

#include <string>
#include <string_view>

#include <spec/image_config.hpp>

namespace berth::image {

/// One instruction, 'CMD ["sh"]'. InvalidArgument says what is wrong with it.
void apply_change(spec::ImageConfig& config, std::string_view change);

} // namespace berth::image
