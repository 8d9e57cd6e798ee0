// SPDX-License-Identifier: LGPL-2.1-or-later
// The agent that a bundle hands system calls to. Source: OCI runtime-spec, config-linux.md "The
// Container Process State".
#pragma once

#include <sys/types.h>

#include <base/fd.hpp>
#include <run/oci/state.hpp>

namespace berth::run::oci {

/// Gives the agent behind listenerPath the listener of process `pid`, with what it has to know.
void give_listener(const spec::Bundle& bundle, const State& state, pid_t pid,
                   const base::Fd& listener);

} // namespace berth::run::oci
