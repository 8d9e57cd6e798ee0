// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process is held to apart from rights: resource limits, OOM score, scheduling, personality.
#pragma once

#include <spec/bundle.hpp>

namespace berth::run {

/// What is done about a value that this process may not set.
enum class Strictness {
    Lenient, ///< the nearest that it may: berth in a container or a small virtual machine
    Exact,   ///< an error, as the OCI specification demands
};

/// All but the OOM score and the personality. Lenient: limits above this process's own hard ones
/// are lowered to those.
void set_limits(const spec::Process& process, Strictness strictness);
/// Of the calling process and so of its children: a process in a user namespace can't any more.
void set_oom_score(const spec::Process& process, Strictness strictness);
void set_personality(const std::string& domain);

} // namespace berth::run
