// SPDX-License-Identifier: LGPL-2.1-or-later
// clone3(2) as a fork that makes namespaces. The child is a copy of the caller with one thread; it
// never returns from `child`. Source: clone(2), "clone3".
#pragma once

#include <cstdint>
#include <functional>

#include <sys/types.h>

#include <base/fd.hpp>

namespace berth::run {

struct Child {
    pid_t pid = 0; ///< in the caller's pid namespace
    base::Fd pidfd;
};

/// `flags` are CLONE_NEW* and CLONE_PARENT; with `cgroup_fd` >= 0 the child starts in that cgroup.
[[nodiscard]] Child clone_process(std::uint64_t flags, int cgroup_fd,
                                  const std::function<void()>& child);

} // namespace berth::run
