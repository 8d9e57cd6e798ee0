// SPDX-License-Identifier: LGPL-2.1-or-later
#include <mutex>

#include <base/strings.hpp>
#include <store/map_json.hpp>
#include <store/row.hpp>

namespace berth::store {

namespace {

Error no_such_container(std::string_view what) {
    return {ErrorCode::NotFound,
            "No such container: " + base::printable(std::string(what.substr(0, 256)))};
}

Durability durability_of(const ContainerRecord& record) noexcept {
    return record.auto_remove ? Durability::Lazy : Durability::Durable;
}

void require_free_name(Connection& db, const std::string& name, const ContainerId& taker) {
    auto holder = db.query("SELECT id FROM containers WHERE name = ?1 AND id <> ?2", name, taker);
    if (!holder.next()) return;
    throw Error(ErrorCode::Exists, "the container name '" + name +
                                       "' is already in use by container " +
                                       holder.text(0).substr(0, 12) +
                                       "; remove or rename that one, or choose another name");
}

void insert_record(Connection& db, const ContainerRecord& record) {
    db.run("INSERT INTO containers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
           "?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
           record.id, record.name, record.unit, record.spec, record.image_ref, record.image_id,
           record.image_layer, record.storage_driver, record.owner_uid, record.auto_remove,
           record.created, record.wanted, record.started_at, record.restart_count, record.pid,
           record.boot_id, record.start_error, record.exit.finished_at, record.exit.exit_code,
           record.exit.exit_signal, record.exit.oom_killed, record.exit.result);
}

void insert_volumes(Connection& db, const NewContainer& container) {
    for (const auto& volume : container.new_volumes) {
        db.run("INSERT OR IGNORE INTO volumes VALUES (?1, ?2, ?3, ?4, ?5)", volume.name,
               dump_map(volume.labels), volume.anonymous, volume.owner_uid, volume.created);
    }
    for (const auto& volume : container.volumes) {
        auto known = db.query("SELECT 1 FROM volumes WHERE name = ?1", volume);
        if (!known.next()) throw Error(ErrorCode::NotFound, "No such volume: " + volume);
        db.run("INSERT OR IGNORE INTO container_volumes VALUES (?1, ?2)", container.record.id,
               volume);
    }
}

void insert_lease(Connection& db, const Lease& lease) {
    auto holder = db.query("SELECT container FROM leases WHERE network = ?1 AND address = ?2",
                           lease.network, lease.address);
    if (holder.next()) {
        if (holder.text(0) == lease.container.str()) return;
        throw Error(ErrorCode::Exists, "the address " + lease.address +
                                           " is already in use by container " +
                                           holder.text(0).substr(0, 12));
    }
    auto network = db.query("SELECT 1 FROM networks WHERE id = ?1", lease.network);
    if (!network.next()) {
        throw Error(ErrorCode::NotFound, "No such network: " + lease.network.brief());
    }
    db.run("INSERT INTO leases VALUES (?1, ?2, ?3)", lease.network, lease.address, lease.container);
}

/// A --rm container is gone after a power cut, whatever its record says.
Durability durability_of(Database& database, const ContainerId& id) {
    const std::lock_guard<std::mutex> lock(database.writer().mutex());
    auto row = database.writer().query("SELECT auto_remove FROM containers WHERE id = ?1", id);
    return row.next() && row.flag(0) ? Durability::Lazy : Durability::Durable;
}

std::vector<std::string> forget_anonymous_volumes(Connection& db, const ContainerId& id) {
    std::vector<std::string> names;
    {
        auto rows = db.query(
            "SELECT name FROM volumes JOIN container_volumes ON volume = name WHERE container = ?1 "
            "AND anonymous = 1 AND NOT EXISTS (SELECT 1 FROM container_volumes AS other "
            "WHERE other.volume = name AND other.container <> ?1) ORDER BY name",
            id);
        while (rows.next())
            names.push_back(rows.text(0));
    }
    db.run("DELETE FROM container_volumes WHERE container = ?1", id);
    for (const auto& name : names)
        db.run("DELETE FROM volumes WHERE name = ?1", name);
    return names;
}

} // namespace

void Store::add_container(const NewContainer& container) {
    Writing write(*database_, durability_of(container.record));
    require_free_name(*write, container.record.name, container.record.id);
    insert_record(*write, container.record);
    insert_volumes(*write, container);
    for (const auto& lease : container.leases)
        insert_lease(*write, lease);
    write.commit();
}

ContainerRecord Store::container(const ContainerId& id) {
    Reading read(*database_);
    auto row = read->query(select_containers("WHERE id = ?1"), id);
    if (!row.next()) throw no_such_container(id.str());
    return read_container(row);
}

ContainerRecord Store::find_container(std::string_view id_or_name) {
    Reading read(*database_);
    {
        auto exact = read->query(
            select_containers("WHERE id = ?1 OR name = ?1 ORDER BY id <> ?1 LIMIT 1"), id_or_name);
        if (exact.next()) return read_container(exact);
    }
    if (!is_id_prefix(id_or_name)) throw no_such_container(id_or_name);
    const auto found =
        read_containers(read->query(select_containers("WHERE id >= ?1 AND id < ?2 LIMIT 2"),
                                    id_or_name, prefix_end(id_or_name)));
    if (found.empty()) throw no_such_container(id_or_name);
    if (found.size() > 1) {
        throw Error(ErrorCode::InvalidArgument,
                    "multiple IDs found with provided prefix: " + std::string(id_or_name) +
                        "; give more digits or the name");
    }
    return found.front();
}

std::optional<ContainerRecord> Store::container_of_unit(const std::string& unit) {
    Reading read(*database_);
    auto row = read->query(select_containers("WHERE unit = ?1"), unit);
    if (!row.next()) return std::nullopt;
    return read_container(row);
}

std::vector<ContainerRecord> Store::containers() {
    Reading read(*database_);
    return read_containers(read->query(select_containers("ORDER BY created, id")));
}

void Store::rename_container(const ContainerId& id, const std::string& name,
                             const std::string& unit) {
    Writing write(*database_, Durability::Durable);
    require_free_name(*write, name, id);
    write->run("UPDATE containers SET name = ?2, unit = ?3 WHERE id = ?1", id, name, unit);
    if (write->changes() == 0) throw no_such_container(id.str());
    write.commit();
}

void Store::set_container_spec(const ContainerId& id, const std::string& spec_json) {
    Writing write(*database_, Durability::Durable);
    write->run("UPDATE containers SET spec = ?2 WHERE id = ?1", id, spec_json);
    if (write->changes() == 0) throw no_such_container(id.str());
    write.commit();
}

void Store::record_start(const ContainerId& id, Usec when, const std::string& boot_id) {
    Writing write(*database_, durability_of(*database_, id));
    write->run(
        "UPDATE containers SET wanted = 1, started_at = ?2, boot_id = ?3, restart_count = 0, "
        "pid = 0, start_error = '', finished_at = 0, exit_code = 0, exit_signal = 0, "
        "oom_killed = 0, result = '' WHERE id = ?1",
        id, when, boot_id);
    if (write->changes() == 0) throw no_such_container(id.str());
    write.commit();
}

void Store::record_running(const ContainerId& id, Usec started_at, int pid) {
    Writing write(*database_, Durability::Lazy);
    write->run("UPDATE containers SET started_at = ?2, pid = ?3 "
               "WHERE id = ?1 AND finished_at = 0",
               id, started_at, pid);
    write.commit();
}

void Store::record_start_error(const ContainerId& id, const std::string& message, int exit_code,
                               Usec when) {
    Writing write(*database_, Durability::Lazy);
    write->run("UPDATE containers SET wanted = 0, pid = 0, start_error = ?2, exit_code = ?3, "
               "finished_at = ?4 WHERE id = ?1",
               id, message, exit_code, when);
    write.commit();
}

void Store::record_wanted(const ContainerId& id, bool wanted) {
    Writing write(*database_, durability_of(*database_, id));
    write->run("UPDATE containers SET wanted = ?2 WHERE id = ?1", id, wanted);
    write.commit();
}

void Store::record_exit(const ContainerId& id, const ExitFacts& facts, bool will_restart) {
    Writing write(*database_, durability_of(*database_, id));
    write->run(
        "UPDATE containers SET finished_at = ?2, exit_code = ?3, exit_signal = ?4, "
        "oom_killed = ?5, result = ?6, pid = 0, wanted = CASE WHEN ?7 THEN wanted ELSE 0 END, "
        "restart_count = restart_count + ?7 WHERE id = ?1 AND finished_at < ?2",
        id, facts.finished_at, facts.exit_code, facts.exit_signal, facts.oom_killed, facts.result,
        will_restart);
    write.commit();
}

std::vector<std::string> Store::remove_container(const ContainerId& id, bool anonymous_volumes) {
    Writing write(*database_, durability_of(*database_, id));
    std::vector<std::string> volumes;
    if (anonymous_volumes) volumes = forget_anonymous_volumes(*write, id);
    write->run("DELETE FROM containers WHERE id = ?1", id);
    write.commit();
    return volumes;
}

void Store::add_lease(const Lease& lease) {
    Writing write(*database_, Durability::Durable);
    insert_lease(*write, lease);
    write.commit();
}

std::vector<ContainerRecord> Store::containers_of_image(const Digest& id) {
    Reading read(*database_);
    return read_containers(
        read->query(select_containers("WHERE image_id = ?1 ORDER BY created, id"), id));
}

} // namespace berth::store
