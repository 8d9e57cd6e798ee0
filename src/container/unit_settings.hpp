// SPDX-License-Identifier: LGPL-2.1-or-later
// The transient unit of a container as properties. Nothing of an image gets into them but its stop
// signal, and that as a number.
#pragma once

#include <string>

#include <container/start.hpp>
#include <spec/container_spec.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::container {

/// Everything StartTransientUnit needs.
[[nodiscard]] systemd::UnitProperties unit_properties(const store::ContainerRecord& record,
                                                      const spec::ContainerSpec& spec,
                                                      const StartOptions& options);

/// Standard streams: the caller's descriptors; without them null for input, `output` ("journal",
/// "null") for the others.
void set_stdio(systemd::UnitProperties& unit, const Stdio& stdio, const char* output);

/// The signal that asks the container to end.
[[nodiscard]] int stop_signal(const spec::ContainerSpec& spec);

/// A program of ours in its installed place (BERTH_LIBEXEC_DIR of the environment overrides it).
[[nodiscard]] std::string program(const std::string& name);
/// The variables that tell our programs of private directories, as in this process.
[[nodiscard]] std::vector<std::string> passed_environment();

} // namespace berth::container
