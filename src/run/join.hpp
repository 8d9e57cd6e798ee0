// SPDX-License-Identifier: LGPL-2.1-or-later
// One more process in a running container, as exec of both fronts makes it.
#pragma once

#include <string>
#include <vector>

#include <run/birth.hpp>
#include <run/container_files.hpp>
#include <run/limits.hpp>
#include <run/seccomp_filter.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

struct Joining {
    const spec::Bundle& bundle; ///< the container's
    spec::Process process;
    std::string user;          ///< overrides the container's when not empty
    bool by_user_name = false; ///< the bundle's user annotation counts
    FilterProgram filter;
    unsigned filter_flags = 0;
    unsigned preserve_fds = 0;
    Strictness strictness = Strictness::Lenient;
};

/// Clones it into the container's cgroup and, of all kinds that differ from ours, into the
/// namespaces of its first process; as a child of our parent if `sibling`. It is ready soon, see
/// Birth.
[[nodiscard]] Birth join_container(const Joining& joining, const InitProcess& init, bool sibling);

} // namespace berth::run
