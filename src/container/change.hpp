// SPDX-License-Identifier: LGPL-2.1-or-later
// Changing a container that exists.
#pragma once

#include <string>
#include <vector>

#include <container/engine.hpp>
#include <spec/config_map.hpp>

namespace berth::container {

/// A unit can't change its name, so one that runs keeps it: the new name counts at once for the
/// record, the unit gets it at the next start. Exists when the name is taken.
void rename(Engine& engine, const ContainerId& id, const std::string& name);

/// Limits count at once when it runs; the restart policy from the next start, which a warning says.
[[nodiscard]] std::vector<std::string> update(Engine& engine, const ContainerId& id,
                                              const spec::ConfigMap& config);

} // namespace berth::container
