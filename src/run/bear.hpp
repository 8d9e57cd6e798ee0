// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes the process of a container with its namespaces, as both fronts do it.
#pragma once

#include <functional>

#include <run/birth.hpp>
#include <run/container.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// Whose child the container's process is.
enum class Parent {
    OfCaller, ///< berth-run: systemd's, who started the caller
    Caller,   ///< berth-oci: the caller's, and once it has ended its subreaper's
};

/// Clones it, maps its user namespace and, where the launch says so, has `place` put it where it
/// belongs. It is on its way to the word Ready then, see Birth.
[[nodiscard]] Birth bear_container(const Launch& launch, const Additions& additions, Parent parent,
                                   const std::function<void(pid_t)>& place);

} // namespace berth::run
