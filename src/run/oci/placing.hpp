// SPDX-License-Identifier: LGPL-2.1-or-later
// The cgroup of a container of berth-oci: made, limited, entered and left behind empty.
#pragma once

#include <functional>

#include <run/launch.hpp>
#include <run/oci/state.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

/// Makes the cgroup, or gets ready to ask systemd for one. What comes back puts the process there;
/// it is called while the process waits and writes into `state` where that is. Nothing comes back
/// where the container stays in the caller's cgroup.
[[nodiscard]] std::function<void(pid_t)> make_place(CgroupManager manager, Launch& launch,
                                                    State& state);

/// Ends what is still in it, and removes it if it was made for the container.
void release_place(const State& state);

/// Changes the limits of a container that has a cgroup.
void change_limits(const State& state, const spec::CgroupLimits& limits);

} // namespace berth::run::oci
