// SPDX-License-Identifier: LGPL-2.1-or-later
// `run` and `create`: make a container, pulling its image when it is not there, and for `run` stay
// in front of it until it ends.
#pragma once

#include "client.hpp"

namespace berth::cli {

enum class LaunchKind { Run, Create };

int launch(Client& client, const Arguments& arguments, LaunchKind kind);

} // namespace berth::cli
