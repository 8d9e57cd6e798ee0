// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_files.hpp"

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <daemon/job_images.hpp>

namespace berth::daemon {

namespace {

constexpr const char* kRequest = "request.json";
constexpr const char* kResult = "result.json";
constexpr const char* kCancelled = "cancelled"; // there: somebody asked for its end
constexpr const char* kAttempts = "attempts";
constexpr const char* kFrozen = "frozen"; // the unit that stands still meanwhile
constexpr std::uint64_t kUnitNameLimit = 512;
constexpr std::uint64_t kMaxAttempts = 3;

base::Dir open_job_dir(std::uint64_t number) {
    const std::string path = store::job_dir(number);
    base::make_directories(path, 0700);
    return base::Dir::open(path);
}

spec::JobResult failure(ErrorCode code, const std::string& message) {
    spec::JobResult result;
    result.error = code;
    result.message = message;
    return result;
}

store::JobState state_of(const spec::JobResult& result) {
    if (result.ok) return store::JobState::Done;
    return result.error == ErrorCode::Cancelled ? store::JobState::Cancelled
                                                : store::JobState::Failed;
}

} // namespace

store::JobRecord JobFiles::launch(const JobOrder& order) {
    store::JobRecord record;
    record.operation = spec::operation_name(order.request.operation);
    record.description = order.description;
    record.request = spec::dump_job_request(order.request);
    record.owner_uid = order.request.uid;
    record.started = store::now();
    record.boot_id = store::current_boot_id();
    record.number = store_.add_job(record);
    try {
        open_job_dir(record.number).write_atomically(kRequest, record.request, 0600);
        if (!order.frozen_unit.empty()) freeze(record.number, order.frozen_unit);
        start_unit(record, order);
    } catch (const std::exception& error) {
        const auto* known = dynamic_cast<const Error*>(&error);
        const auto result =
            failure(known != nullptr ? known->code() : ErrorCode::Internal, error.what());
        store_.finish_job(record.number, state_of(result), spec::dump_job_result(result),
                          store::now());
        thaw(record.number);
        remove_files(record.number);
        throw;
    }
    return record;
}

// Written down first: whatever happens to us, it does not stand still for ever.
void JobFiles::freeze(std::uint64_t number, const std::string& unit) {
    open_job_dir(number).write_atomically(kFrozen, unit, 0600);
    units_.freeze(unit);
}

void JobFiles::thaw(std::uint64_t number) noexcept {
    try {
        const base::Dir dir = open_job_dir(number);
        if (!dir.exists(kFrozen)) return;
        units_.thaw(dir.read(kFrozen, kUnitNameLimit));
        dir.unlink(kFrozen);
    } catch (const Error& error) {
        log::warning("after job %llu: %s", static_cast<unsigned long long>(number), error.what());
    }
}

void JobFiles::start_unit(const store::JobRecord& record, const JobOrder& order) {
    const std::string unit = job_unit(record.number);
    const auto outcome = units_.start_transient(
        unit, job_properties(record.number, order.request.operation,
                             record.operation + " " + record.description, order.stdio));
    // A job so short that its unit is gone already has left its result.
    if (outcome.done() || open_job_dir(record.number).exists(kResult)) return;
    throw Error(ErrorCode::Io, "cannot start " + unit + ": systemd says '" + outcome.result +
                                   "'; see journalctl -u " + unit);
}

bool JobFiles::runs(std::uint64_t number) {
    for (const auto& row : units_.list(job_unit(number))) {
        if (row.active_state != "inactive" && row.active_state != "failed") return true;
    }
    return false;
}

void JobFiles::cancel(std::uint64_t number) {
    open_job_dir(number).write_atomically(kCancelled, "", 0600);
    units_.stop(job_unit(number));
}

spec::JobResult JobFiles::read_result(const store::JobRecord& record) {
    const base::Dir dir = open_job_dir(record.number);
    if (dir.exists(kResult)) {
        return spec::parse_job_result(dir.read(kResult, spec::kJobFileLimit));
    }
    if (dir.exists(kCancelled)) return failure(ErrorCode::Cancelled, "the job was cancelled");
    if (record.boot_id != store::current_boot_id()) {
        return failure(ErrorCode::Io, "the machine went down before the job was done");
    }
    return failure(ErrorCode::Io,
                   "the job ended without a result; see journalctl -u " + job_unit(record.number));
}

std::optional<store::JobRecord> JobFiles::settle(std::uint64_t number, bool may_resume) {
    const store::JobRecord record = store_.job(number);
    if (record.state != store::JobState::Running) return record;
    spec::JobResult result;
    try {
        if (may_resume && resume(record)) return std::nullopt;
        result = read_result(record);
        thaw(number);
        // A build that failed has pulled images and made steps that are good.
        if (result.ok || record.operation == "build") keep_images(store_, result);
    } catch (const Error& error) {
        result = failure(error.code(), error.what());
        thaw(number);
    }
    store_.finish_job(number, state_of(result), spec::dump_job_result(result), store::now());
    remove_files(number);
    return store_.job(number);
}

bool JobFiles::resume(const store::JobRecord& record) {
    if (record.operation != "pull" && record.operation != "push") return false;
    const base::Dir dir = open_job_dir(record.number);
    if (dir.exists(kResult) || dir.exists(kCancelled)) return false;
    std::uint64_t attempts = 1;
    if (dir.exists(kAttempts)) {
        attempts = base::parse_number(base::trim(dir.read(kAttempts, 32))).value_or(kMaxAttempts);
    }
    if (attempts >= kMaxAttempts) return false;
    dir.write_atomically(kAttempts, std::to_string(attempts + 1), 0600);
    dir.write_atomically(kRequest, record.request, 0600);
    log::notice("job %llu (%s '%s') was interrupted and goes on",
                static_cast<unsigned long long>(record.number), record.operation.c_str(),
                base::printable(record.description).c_str());
    start_unit(record, {spec::parse_job_request(record.request), record.description, {}});
    return true;
}

void JobFiles::remove_files(std::uint64_t number) noexcept {
    try {
        const std::string path = store::job_dir(number);
        const std::size_t slash = path.rfind('/');
        base::Dir::open(path.substr(0, slash)).remove_tree(path.substr(slash + 1));
    } catch (const std::exception& error) {
        log::warning("cannot remove the files of job %llu: %s",
                     static_cast<unsigned long long>(number), error.what());
    }
}

} // namespace berth::daemon
