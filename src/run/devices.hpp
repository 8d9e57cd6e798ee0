// SPDX-License-Identifier: LGPL-2.1-or-later
// The device nodes and links of a container's /dev. Source: OCI runtime-spec, config-linux.md,
// "Default Devices"; runtime-linux.md, "Dev symbolic links".
#pragma once

#include <vector>

#include <base/dir.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// The six default devices, overridden and followed by the bundle's.
[[nodiscard]] std::vector<spec::BundleDevice> wanted_devices(const spec::Bundle& bundle);

/// Makes nodes and links, unless the bundle binds a /dev of its own. Nothing is made through a
/// symbolic link.
void make_devices(const Launch& launch, const base::Dir& root);

} // namespace berth::run
