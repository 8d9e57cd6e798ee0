// SPDX-License-Identifier: LGPL-2.1-or-later
// The last steps before a payload runs, the same for a container's first process and for one that
// exec adds: user, limits, working directory, program; then filter, capabilities, exec.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <base/fd.hpp>
#include <run/channel.hpp>
#include <run/limits.hpp>
#include <run/seccomp_filter.hpp>
#include <run/user.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

struct Finish {
    const spec::Process& process;
    const FilterProgram& filter;
    unsigned filter_flags = 0;
    unsigned preserve_fds = 0;
    int init_fd = -1; ///< berth-init to put before the payload, or -1
    bool make_workdir = false;
    bool set_groups = true;
    bool has_program = true; ///< false: a container without a process, which is never started
    Strictness strictness = Strictness::Lenient;
    std::string personality;
    std::vector<int> keep_open;       ///< descriptors needed until exec; none leads to a directory
    const Channel* channel = nullptr; ///< whom a listener of the filter is given to
};

/// What prepare() found out.
struct Payload {
    std::string path;
    std::vector<std::string> environment;
};

/// "/" is the container's root. All that can fail for reasons of the image fails here.
[[nodiscard]] Payload prepare_payload(const Finish& finish, const Identity& identity);

/// Becomes the payload.
[[noreturn]] void become_payload(const Finish& finish, const Payload& payload);

/// Security labels for the payload, where this kernel has them.
void set_labels(const spec::Process& process);

} // namespace berth::run
