// SPDX-License-Identifier: LGPL-2.1-or-later
// How far a container would reach beyond itself: what decides which polkit action its start needs.
// Pure.
#pragma once

#include <daemon/policy.hpp>
#include <spec/container_spec.hpp>

namespace berth::daemon {

/// Without a user namespace of its own a container's root is the host's root, kept in only by
/// capabilities and filters; so it is never Confined.
[[nodiscard]] Risk risk_of(const spec::ContainerSpec& spec);

/// What polkit's rules and dialogs get to know: "container", "image", "privileged"...
[[nodiscard]] bus::StringMap risk_details(const spec::ContainerSpec& spec);

} // namespace berth::daemon
