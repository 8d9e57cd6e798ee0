// SPDX-License-Identifier: LGPL-2.1-or-later
// The tree on disk: the one file that knows where things lie below the state and runtime
// directories.
//
//     /var/lib/berth                 0700
//       berth.db                     records (SQLite)
//       blobs/sha256/<hex>           manifests, configurations, compressed layers, as in a registry
//       blobs/partial/<hex>          an interrupted download
//       storage/<driver>/            the storage plugin's own
//       network/<driver>/            the network plugin's own
//       containers/<id>/             config.json (OCI bundle), hosts, hostname, resolv.conf
//       volumes/<name>/_data         named and anonymous volumes
//       jobs/<n>/                    request.json, result.json
//       auth/<uid>.json              registry credentials, 0600
//     /run/berth                     0700
//       containers/<id>/             what lives as long as a start: stdin
//       exec/<id>.json               what an exec unit runs
//       names/<network>/<id>         what a running container is called there
//       seccomp/<sha256>.bpf         compiled filters
#pragma once

#include <cstdint>
#include <string>

#include <berth/id.hpp>

namespace berth::store {

/// BERTH_STATE_DIR of the environment, or the built-in one.
[[nodiscard]] std::string state_dir();
/// BERTH_RUNTIME_DIR of the environment, or the built-in one.
[[nodiscard]] std::string runtime_dir();

[[nodiscard]] std::string database_path();
[[nodiscard]] std::string blob_dir();
[[nodiscard]] std::string partial_blob_dir();
[[nodiscard]] std::string blob_path(const Digest& digest);
[[nodiscard]] std::string containers_dir();
[[nodiscard]] std::string container_dir(const ContainerId& id);
[[nodiscard]] std::string volumes_dir();
[[nodiscard]] std::string volume_dir(const std::string& name);
[[nodiscard]] std::string job_dir(std::uint64_t job);
[[nodiscard]] std::string auth_dir();
[[nodiscard]] std::string container_runtime_dir(const ContainerId& id);
[[nodiscard]] std::string exec_request_path(const std::string& exec_id);
[[nodiscard]] std::string names_dir(const NetworkId& network);
[[nodiscard]] std::string seccomp_cache_dir();

/// Makes the directories that always exist, with their modes.
void make_tree();

} // namespace berth::store
