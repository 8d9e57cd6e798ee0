// SPDX-License-Identifier: LGPL-2.1-or-later
#include <store/map_json.hpp>
#include <store/row.hpp>

namespace berth::store {

namespace {

VolumeRecord read_volume(const Statement& row) {
    VolumeRecord volume{.name = row.text(0)};
    volume.labels = parse_map(row.text(1));
    volume.anonymous = row.flag(2);
    volume.owner_uid = static_cast<std::uint32_t>(row.integer(3));
    volume.created = row.integer(4);
    return volume;
}

Error no_such_volume(const std::string& name) {
    return {ErrorCode::NotFound, "No such volume: " + name};
}

std::vector<std::string> user_names(Connection& db, const std::string& volume) {
    auto rows = db.query("SELECT name FROM containers JOIN container_volumes ON container = id "
                         "WHERE volume = ?1 ORDER BY created",
                         volume);
    std::vector<std::string> names;
    while (rows.next())
        names.push_back(rows.text(0));
    return names;
}

} // namespace

void Store::add_volume(const VolumeRecord& volume) {
    Writing write(*database_, Durability::Durable);
    {
        auto known = write->query("SELECT 1 FROM volumes WHERE name = ?1", volume.name);
        if (known.next()) {
            throw Error(ErrorCode::Exists, "a volume named '" + volume.name + "' already exists");
        }
    }
    write->run("INSERT INTO volumes VALUES (?1, ?2, ?3, ?4, ?5)", volume.name,
               dump_map(volume.labels), volume.anonymous, volume.owner_uid, volume.created);
    write.commit();
}

VolumeRecord Store::volume(const std::string& name) {
    Reading read(*database_);
    auto row = read->query(
        "SELECT name, labels, anonymous, owner_uid, created FROM volumes WHERE name = ?1", name);
    if (!row.next()) throw no_such_volume(name);
    return read_volume(row);
}

std::vector<VolumeRecord> Store::volumes() {
    Reading read(*database_);
    auto rows = read->query(
        "SELECT name, labels, anonymous, owner_uid, created FROM volumes ORDER BY name");
    std::vector<VolumeRecord> volumes;
    while (rows.next())
        volumes.push_back(read_volume(rows));
    return volumes;
}

std::vector<ContainerId> Store::volume_users(const std::string& name) {
    Reading read(*database_);
    auto rows = read->query("SELECT id FROM containers JOIN container_volumes ON container = id "
                            "WHERE volume = ?1 ORDER BY created",
                            name);
    std::vector<ContainerId> ids;
    while (rows.next())
        ids.emplace_back(rows.text(0));
    return ids;
}

void Store::remove_volume(const std::string& name) {
    Writing write(*database_, Durability::Durable);
    if (const auto users = user_names(*write, name); !users.empty()) {
        throw Error(ErrorCode::Busy, "the volume '" + name + "' is in use by " + enumerate(users) +
                                         "; remove those containers first");
    }
    write->run("DELETE FROM volumes WHERE name = ?1", name);
    if (write->changes() == 0) throw no_such_volume(name);
    write.commit();
}

} // namespace berth::store
