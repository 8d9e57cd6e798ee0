// SPDX-License-Identifier: LGPL-2.1-or-later
#include <store/map_json.hpp>
#include <store/statement.hpp>

namespace berth::store {

namespace {

std::string select_jobs(std::string_view rest) {
    static constexpr std::string_view kSelect =
        "SELECT number, operation, description, request, owner_uid, state, started, finished, "
        "result, boot_id FROM jobs ";
    return std::string(kSelect) + std::string(rest);
}

JobState state_from(std::int64_t value) {
    switch (value) {
    case 0:
        return JobState::Running;
    case 1:
        return JobState::Done;
    case 2:
        return JobState::Failed;
    case 3:
        return JobState::Cancelled;
    default:
        throw Error(ErrorCode::Corrupt,
                    "a job's record has the unknown state " + std::to_string(value));
    }
}

JobRecord read_job(const Statement& row) {
    JobRecord job;
    job.number = row.size(0);
    job.operation = row.text(1);
    job.description = row.text(2);
    job.request = row.text(3);
    job.owner_uid = static_cast<std::uint32_t>(row.integer(4));
    job.state = state_from(row.integer(5));
    job.started = row.integer(6);
    job.finished = row.integer(7);
    job.result = row.text(8);
    job.boot_id = row.text(9);
    return job;
}

} // namespace

std::uint64_t Store::add_job(const JobRecord& job) {
    Writing write(*database_, Durability::Durable);
    write->run("INSERT INTO jobs VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", job.operation,
               job.description, job.request, job.owner_uid, static_cast<int>(job.state),
               job.started, job.finished, job.result, job.boot_id);
    const auto number = static_cast<std::uint64_t>(write->last_row_id());
    write.commit();
    return number;
}

JobRecord Store::job(std::uint64_t number) {
    Reading read(*database_);
    auto row = read->query(select_jobs("WHERE number = ?1"), number);
    if (!row.next()) throw Error(ErrorCode::NotFound, "No such job: " + std::to_string(number));
    return read_job(row);
}

std::vector<JobRecord> Store::jobs() {
    Reading read(*database_);
    auto rows = read->query(select_jobs("ORDER BY number"));
    std::vector<JobRecord> jobs;
    while (rows.next())
        jobs.push_back(read_job(rows));
    return jobs;
}

bool Store::finish_job(std::uint64_t number, JobState state, const std::string& result, Usec when) {
    Writing write(*database_, Durability::Durable);
    write->run("UPDATE jobs SET state = ?2, result = ?3, finished = ?4 "
               "WHERE number = ?1 AND state = 0",
               number, static_cast<int>(state), result, when);
    const bool finished = write->changes() > 0;
    write.commit();
    return finished;
}

std::vector<std::uint64_t> Store::remove_old_jobs(Usec before) {
    Writing write(*database_, Durability::Durable);
    std::vector<std::uint64_t> numbers;
    {
        auto rows = write->query(
            "SELECT number FROM jobs WHERE state <> 0 AND finished < ?1 ORDER BY number", before);
        while (rows.next())
            numbers.push_back(rows.size(0));
    }
    if (numbers.empty()) return numbers;
    write->run("DELETE FROM jobs WHERE state <> 0 AND finished < ?1", before);
    write.commit();
    return numbers;
}

void Store::add_event(const EventRecord& event) {
    Writing write(*database_, Durability::Lazy);
    write->run("INSERT INTO events VALUES (NULL, ?1, ?2, ?3, ?4, ?5)", event.usec, event.kind,
               event.action, event.id, dump_map(event.attributes));
    write->run("DELETE FROM events WHERE sequence <= ?1",
               write->last_row_id() - static_cast<std::int64_t>(kEventLimit));
    write.commit();
}

std::vector<EventRecord> Store::events_since(Usec usec) {
    Reading read(*database_);
    auto rows = read->query("SELECT usec, kind, action, id, attributes FROM events "
                            "WHERE usec >= ?1 ORDER BY sequence",
                            usec);
    std::vector<EventRecord> events;
    while (rows.next()) {
        events.push_back({.usec = rows.integer(0),
                          .kind = rows.text(1),
                          .action = rows.text(2),
                          .id = rows.text(3),
                          .attributes = parse_map(rows.text(4))});
    }
    return events;
}

} // namespace berth::store
