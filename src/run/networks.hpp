// SPDX-License-Identifier: LGPL-2.1-or-later
// A container's networks, attached and detached by the network plugins.
#pragma once

#include <string>

#include <sys/types.h>

#include <spec/bundle.hpp>
#include <spec/bundle_network.hpp>

namespace berth::run {

[[nodiscard]] spec::BundleNetwork network_of(const spec::Bundle& bundle);

/// Attaches the network namespace of process `pid` to all its networks, or to none: what was
/// attached is taken away again when a later one fails.
void attach_networks(const spec::BundleNetwork& network, pid_t pid);

/// Takes away what attach_networks() made; every one is tried, failures are logged.
void detach_networks(const spec::BundleNetwork& network) noexcept;

} // namespace berth::run
