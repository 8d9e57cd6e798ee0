// SPDX-License-Identifier: LGPL-2.1-or-later
// Volumes: directories that outlive containers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <base/rollback.hpp>
#include <container/engine.hpp>
#include <spec/container_spec.hpp>

namespace berth::container {

/// Where its data lies on the host.
[[nodiscard]] std::string volume_data(const std::string& name);

/// Gives every anonymous volume mount a name and makes the directories that are missing; `undo`
/// removes what it made. Returns the records for add_container().
[[nodiscard]] std::vector<store::VolumeRecord> make_volumes(Engine& engine,
                                                            spec::ContainerSpec& spec,
                                                            std::uint32_t owner_uid,
                                                            base::Rollback& undo);
/// The names of all volumes that the mounts use, each once.
[[nodiscard]] std::vector<std::string> volume_names(const std::vector<spec::Mount>& mounts);
/// Removes data of volumes whose records are gone; failures are logged, the sweep tries again.
void remove_volume_data(const std::vector<std::string>& names) noexcept;

struct CreateVolume {
    std::string name; ///< empty: a random one
    std::map<std::string, std::string> labels;
    std::uint32_t owner_uid = 0;
};
/// As docker, one that exists is no error. Returns the name.
std::string create_volume(Engine& engine, const CreateVolume& request);
void remove_volume(Engine& engine, const std::string& name, bool force);

struct VolumeRow {
    store::VolumeRecord record;
    std::string mountpoint;
    std::vector<std::string> containers; ///< names
};
[[nodiscard]] std::vector<VolumeRow> list_volumes(Engine& engine);

} // namespace berth::container
