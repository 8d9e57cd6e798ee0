// SPDX-License-Identifier: LGPL-2.1-or-later
// What a process is held to apart from rights: resource limits, OOM score, scheduling, personality.
#pragma once

#include <spec/bundle.hpp>

namespace berth::run {

/// All but the OOM score and the personality. Limits above this process's own hard ones are lowered
/// to those when it may not raise them.
void set_limits(const spec::Process& process);
/// Of the calling process and so of its children: a process in a user namespace can't any more.
void set_oom_score(const spec::Process& process);
void set_personality(const std::string& domain);

} // namespace berth::run
