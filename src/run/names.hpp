// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of containers, in the hosts files of those on their networks: no server answers for them,
// so no firewall, no resolver and no restart of the engine stands between. What runs on a network
// is told by the files of store::names_dir(); who changes them holds the directory's lock.
#pragma once

#include <berth/id.hpp>
#include <spec/bundle.hpp>
#include <spec/bundle_network.hpp>

namespace berth::run {

/// Tells the container's names to those that run on its networks, and theirs to it.
void enter_names(const spec::Bundle& bundle, const ContainerId& id);
/// Takes its names back; failures are logged.
void leave_names(const spec::BundleNetwork& network, const ContainerId& id) noexcept;

} // namespace berth::run
