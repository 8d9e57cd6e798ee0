// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volumes.hpp"

#include <algorithm>
#include <set>

#include <sys/stat.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/random.hpp>
#include <base/strings.hpp>
#include <spec/mount_syntax.hpp>

namespace berth::container {

namespace {

bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

/// The directory a container sees must be open to its users, the one above to root alone.
void make_data(const std::string& name, base::Rollback& undo) {
    if (exists(volume_data(name))) return;
    base::make_directories(store::volume_dir(name), 0700);
    undo.add([name] { remove_volume_data({name}); });
    if (::mkdir(volume_data(name).c_str(), 0755) < 0 && errno != EEXIST) {
        throw_errno("cannot make the volume '" + name + "'");
    }
}

bool is_recorded(store::Store& store, const std::string& name) {
    try {
        (void)store.volume(name);
        return true;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return false;
    }
}

} // namespace

std::string volume_data(const std::string& name) {
    return store::volume_dir(name) + "/_data";
}

std::vector<std::string> volume_names(const std::vector<spec::Mount>& mounts) {
    std::set<std::string> names;
    for (const auto& mount : mounts) {
        if (mount.kind == spec::MountKind::Volume) names.insert(mount.source);
    }
    return {names.begin(), names.end()};
}

std::vector<store::VolumeRecord> make_volumes(Engine& engine, spec::ContainerSpec& spec,
                                              std::uint32_t owner_uid, base::Rollback& undo) {
    std::vector<store::VolumeRecord> records;
    for (auto& mount : spec.mounts) {
        if (mount.kind != spec::MountKind::Volume) continue;
        const bool anonymous = mount.source.empty();
        if (anonymous) mount.source = base::random_hex(32);
        if (!anonymous && is_recorded(engine.store(), mount.source)) continue;
        make_data(mount.source, undo);
        records.push_back({.name = mount.source,
                           .anonymous = anonymous,
                           .owner_uid = owner_uid,
                           .created = store::now()});
    }
    return records;
}

void remove_volume_data(const std::vector<std::string>& names) noexcept {
    for (const auto& name : names) {
        try {
            base::Dir::open(store::volumes_dir()).remove_tree(name);
        } catch (const std::exception& error) {
            log::warning("cannot remove the data of volume '%s': %s", name.c_str(), error.what());
        }
    }
}

std::string create_volume(Engine& engine, const CreateVolume& request) {
    const std::string name = request.name.empty() ? base::random_hex(32) : request.name;
    if (!spec::is_volume_name(name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "invalid volume name '" + base::printable(name.substr(0, 140)) +
                        "': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, 2 to 128 characters");
    }
    const auto lock = engine.lock_images(); // the sweep looks for directories without a record
    if (is_recorded(engine.store(), name)) return name;
    base::Rollback undo;
    make_data(name, undo);
    try {
        engine.store().add_volume({.name = name,
                                   .labels = request.labels,
                                   .anonymous = request.name.empty(),
                                   .owner_uid = request.owner_uid,
                                   .created = store::now()});
    } catch (const Error& error) {
        // Somebody made it at the same time: it is theirs and ours.
        if (error.code() != ErrorCode::Exists) throw;
    }
    undo.dismiss();
    return name;
}

void remove_volume(Engine& engine, const std::string& name, bool force) {
    if (!spec::is_volume_name(name)) {
        if (force) return;
        throw Error(ErrorCode::NotFound, "No such volume: " + base::printable(name.substr(0, 140)));
    }
    try {
        engine.store().remove_volume(name);
    } catch (const Error& error) {
        if (force && error.code() == ErrorCode::NotFound) return;
        throw;
    }
    remove_volume_data({name});
}

std::vector<VolumeRow> list_volumes(Engine& engine) {
    std::map<std::string, std::string> names;
    for (const auto& record : engine.store().containers())
        names[record.id.str()] = record.name;
    std::vector<VolumeRow> rows;
    for (auto& record : engine.store().volumes()) {
        VolumeRow row{.record = record, .mountpoint = volume_data(record.name)};
        for (const auto& user : engine.store().volume_users(record.name)) {
            row.containers.push_back(names[user.str()]);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace berth::container
