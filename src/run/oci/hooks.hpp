// SPDX-License-Identifier: LGPL-2.1-or-later
// Programs that a bundle names to be run at points of a container's life, with the state as their
// standard input. Source: OCI runtime-spec, config.md "POSIX-platform Hooks".
#pragma once

#include <string>
#include <vector>

#include <spec/bundle.hpp>

namespace berth::run::oci {

enum class OnFailure { Stop, Warn };

/// Runs them in order. Stop: the first that fails or takes too long throws; Warn: all are run.
void run_hooks(const std::vector<spec::Hook>& hooks, const char* point, const std::string& state,
               OnFailure on_failure);

} // namespace berth::run::oci
