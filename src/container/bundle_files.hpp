// SPDX-License-Identifier: LGPL-2.1-or-later
// The directory of a container, containers/<id>: its bundle and the files bound into its /etc. All
// of it follows from the record and is written anew by every start.
#pragma once

#include <string>

#include <container/engine.hpp>
#include <container/start.hpp>
#include <spec/bundle.hpp>

namespace berth::container {

/// The bundle as a start would write it now.
[[nodiscard]] spec::Bundle plan_bundle(Engine& engine, const store::ContainerRecord& record,
                                       const spec::ContainerSpec& spec, bool attached);
/// Writes config.json, hosts, hostname and resolv.conf, and takes a former start's error away.
void write_bundle_files(Engine& engine, const store::ContainerRecord& record,
                        const spec::ContainerSpec& spec, const StartOptions& options);
/// What berth-run said about a start that failed; empty when it said nothing.
[[nodiscard]] std::string read_start_error(const ContainerId& id);
/// The bundle of the last start, empty when there is none.
[[nodiscard]] std::string read_bundle(const ContainerId& id);
/// Takes the directories of a container away, here and in the runtime directory. Failures are
/// logged, the sweep tries again.
void remove_bundle_files(const ContainerId& id) noexcept;

} // namespace berth::container
