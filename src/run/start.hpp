// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-run start ID`: ExecStart= of a container's unit.
#pragma once

#include <berth/id.hpp>

namespace berth::run {

/// Makes the container, a child of this process's parent, and tells systemd that it is the unit's
/// main process. Throws StartError; then nothing of it is left.
void start_container(const ContainerId& id);

} // namespace berth::run
