// SPDX-License-Identifier: LGPL-2.1-or-later
// What docker gives every container, as parts of a bundle: the engine and `berth-oci spec` start
// from it. Pure. Source: docs.docker.com/engine/security; OCI runtime-spec, config-linux.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <spec/bundle.hpp>

namespace berth::spec {

/// /proc, /dev, /dev/pts, /sys, /sys/fs/cgroup (read-only), /dev/mqueue and /dev/shm.
/// "1": the sources of binds were settled when they were authorised; no link may have come since.
inline constexpr const char* kAnnotationExactSources = "org.berth1.exact-sources";

[[nodiscard]] std::vector<BundleMount> default_mounts(std::uint64_t shm_size);
[[nodiscard]] std::vector<std::string> default_masked_paths();
[[nodiscard]] std::vector<std::string> default_readonly_paths();
/// Own mount, pid, ipc, uts, network and cgroup namespaces.
[[nodiscard]] std::vector<Namespace> default_namespaces();
/// The devices a cgroup allows: the minimal /dev, and making nodes.
[[nodiscard]] std::vector<DeviceRule> default_device_rules();
/// The same list as bounding, effective and permitted set; inheritable and ambient stay empty.
[[nodiscard]] CapabilitySets capability_sets(const std::vector<std::string>& names);
/// A whole bundle around these: a shell on "rootfs", as `berth-oci spec` writes it.
[[nodiscard]] Bundle example_bundle();

} // namespace berth::spec
