// SPDX-License-Identifier: LGPL-2.1-or-later
// Flags that docker or podman has and berth has not: each is refused with a sentence that names
// what to use in its place, so that none is ever silently without effect.
#pragma once

#include "options.hpp"

namespace berth::cli {

/// Of `run` and `create`.
void refuse_container_flags(Options& options);
/// Of `update`.
void refuse_update_flags(Options& options);
/// `--platform` of a verb on an image that is here: it has one platform.
void refuse_platform(Options& options);

} // namespace berth::cli
