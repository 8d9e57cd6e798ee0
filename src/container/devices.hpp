// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices of the host for a container: nodes in its /dev (the bundle's) and rights to use them (the
// unit's DeviceAllow=).
#pragma once

#include <string>
#include <vector>

#include <spec/bundle_linux.hpp>
#include <spec/container_spec.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::container {

/// The nodes of --device (all below it, if it is a directory), or with --privileged all the host
/// has. NotFound names a device that does not exist.
[[nodiscard]] std::vector<spec::BundleDevice> host_devices(const spec::ContainerSpec& spec);

/// DeviceAllow= for --device and docker's own list.
[[nodiscard]] systemd::Pairs device_rules(const spec::ContainerSpec& spec);

} // namespace berth::container
