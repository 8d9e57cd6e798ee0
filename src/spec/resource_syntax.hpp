// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's flags for limits and devices. Pure.
// Source: docs.docker.com/engine/containers/resource_constraints.
#pragma once

#include <string_view>

#include <spec/config_reader.hpp>
#include <spec/container_spec.hpp>

namespace berth::spec {

/// Reads memory, memory_swap, memory_reservation, cpus, cpu_shares, cpuset_cpus, cpuset_mems,
/// pids_limit, blkio_weight into `resources`; keys that are absent leave it as it is. Checks that
/// the result makes sense as a whole.
void read_limits(ConfigReader& config, Resources& resources);
/// shm_size and oom_score_adj: only at creation.
void read_fixed_limits(ConfigReader& config, Resources& resources);

/// "nofile=1024:2048", "nproc=100"; -1: no limit.
[[nodiscard]] Ulimit parse_ulimit(std::string_view text);
/// "/dev/fuse", "/dev/a:/dev/b", "/dev/a:/dev/b:rw", "/dev/a:r".
[[nodiscard]] Device parse_device(std::string_view text);
/// "no", "always", "unless-stopped", "on-failure", "on-failure:5".
[[nodiscard]] RestartPolicy parse_restart(std::string_view text);
/// docker's word for it, without the count.
[[nodiscard]] const char* restart_name(RestartMode mode) noexcept;
/// "KEY=VALUE" of the namespaced kernel settings that a container may have; `own_network`: net.* is
/// its own.
[[nodiscard]] std::pair<std::string, std::string> parse_sysctl(std::string_view text,
                                                               bool own_network, bool own_ipc);

} // namespace berth::spec
