// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree.hpp"

#include <cstdlib>

#include <berth_config.hpp>

#include <base/file.hpp>

namespace berth::store {

namespace {

std::string from_environment(const char* name, const char* fallback) {
    const char* value = ::secure_getenv(name);
    return value != nullptr && *value != '\0' ? value : fallback;
}

} // namespace

std::string state_dir() {
    return from_environment("BERTH_STATE_DIR", BERTH_STATE_DIR);
}
std::string runtime_dir() {
    return from_environment("BERTH_RUNTIME_DIR", BERTH_RUNTIME_DIR);
}
std::string database_path() {
    return state_dir() + "/berth.db";
}
std::string blob_dir() {
    return state_dir() + "/blobs/sha256";
}
std::string partial_blob_dir() {
    return state_dir() + "/blobs/partial";
}
std::string blob_path(const Digest& digest) {
    return blob_dir() + "/" + digest.hex();
}
std::string containers_dir() {
    return state_dir() + "/containers";
}
std::string container_dir(const ContainerId& id) {
    return containers_dir() + "/" + id.str();
}
std::string volumes_dir() {
    return state_dir() + "/volumes";
}
std::string volume_dir(const std::string& name) {
    return volumes_dir() + "/" + name;
}
std::string job_dir(std::uint64_t job) {
    return state_dir() + "/jobs/" + std::to_string(job);
}
std::string auth_dir() {
    return state_dir() + "/auth";
}
std::string container_runtime_dir(const ContainerId& id) {
    return runtime_dir() + "/containers/" + id.str();
}
std::string exec_request_path(const std::string& exec_id) {
    return runtime_dir() + "/exec/" + exec_id + ".json";
}
std::string names_dir(const NetworkId& network) {
    return runtime_dir() + "/names/" + network.str();
}

std::string seccomp_cache_dir() {
    return runtime_dir() + "/seccomp";
}

void make_tree() {
    for (const auto& path :
         {state_dir(), blob_dir(), partial_blob_dir(), containers_dir(), volumes_dir(),
          state_dir() + "/jobs", auth_dir(), runtime_dir(), runtime_dir() + "/containers",
          runtime_dir() + "/exec", seccomp_cache_dir()}) {
        base::make_directories(path, 0700);
    }
}

} // namespace berth::store
