// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jobs.hpp"

#include <utility>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <bus/errors.hpp>
#include <daemon/events.hpp>
#include <daemon/job_result.hpp>
#include <daemon/operations.hpp>
#include <daemon/worker_steps.hpp>
#include <store/store.hpp>

namespace berth::daemon {

namespace {

constexpr const char* kJobInterface = "org.berth1.Job";
constexpr std::string_view kPathPrefix = "/org/berth1/job/";
// How long a finished job can still be asked for its result.
constexpr std::uint64_t kKeepUsec = 60'000'000;
constexpr store::Usec kKeepRecordsUsec = 3600LL * 1'000'000;

void answer_finished(const bus::Call& call, const store::JobRecord& record) {
    const JobOutcome outcome = job_outcome(record);
    if (outcome.ok) {
        call.reply(outcome.result);
    } else {
        call.fail(bus::NamedError(outcome.error_name.c_str(), outcome.message));
    }
}

void log_unsettled(const std::exception_ptr& failure) noexcept {
    log::failure(log::error, "a job could not be settled", failure);
}

} // namespace

Jobs::Jobs(Context& context) : context_(context), files_(context.store, context.units) {}

std::string Jobs::path_of(std::uint64_t number) {
    return std::string(kPathPrefix) + std::to_string(number);
}

std::uint64_t Jobs::number_of(const std::string& path) {
    if (!path.starts_with(kPathPrefix)) return 0;
    return base::parse_number(std::string_view(path).substr(kPathPrefix.size())).value_or(0);
}

const store::JobRecord* Jobs::find(std::uint64_t number) const {
    const auto found = jobs_.find(number);
    return found == jobs_.end() ? nullptr : &found->second.record;
}

const JobProgress* Jobs::progress(std::uint64_t number) const {
    const auto found = jobs_.find(number);
    return found == jobs_.end() ? nullptr : &found->second.progress;
}

std::vector<store::JobRecord> Jobs::list() const {
    std::vector<store::JobRecord> records;
    for (const auto& [number, job] : jobs_)
        records.push_back(job.record);
    return records;
}

void Jobs::start(const Permit& permit, std::function<JobOrder()> make) {
    context_.operations.run(
        permit, [this, make = std::move(make)] { return files_.launch(make()); },
        [this, call = permit.call()](const store::JobRecord& record) {
            adopt(record);
            call.reply(bus::ObjectPath{path_of(record.number)});
            if (ended_early_.erase(record.number) > 0) settle(record.number, false);
        });
}

void Jobs::adopt(const store::JobRecord& record) {
    Job& job = jobs_[record.number];
    job.record = record;
    if (record.state == store::JobState::Running) job.hold = context_.idle.hold();
    announce(record);
}

void Jobs::announce(const store::JobRecord& record) {
    const std::string path = path_of(record.number);
    context_.connection.emit(bus::kRootPath, bus::kManagerInterface, "JobNew",
                             static_cast<std::uint32_t>(record.number), bus::ObjectPath{path});
    context_.connection.emit_added(path, {kJobInterface});
}

void Jobs::unit_ended(const std::string& unit) {
    const std::uint64_t number = job_of_unit(unit);
    if (number == 0) return;
    const auto found = jobs_.find(number);
    if (found == jobs_.end()) {
        ended_early_.insert(number);
    } else if (found->second.record.state == store::JobState::Running) {
        settle(number, false);
    }
}

void Jobs::settle(std::uint64_t number, bool may_resume) {
    Job& job = jobs_.at(number);
    if (std::exchange(job.settling, true)) {
        job.again = true;
        return;
    }
    context_.operations.background(
        [this, number, may_resume]() -> std::optional<store::JobRecord> {
            // A change of state is not always the end: the unit itself knows.
            if (files_.runs(number)) return std::nullopt;
            if (context_.store.job(number).operation == "build") {
                end_steps(context_.engine, number);
            }
            return files_.settle(number, may_resume);
        },
        [this, number](const std::optional<store::JobRecord>& record) { settled(number, record); },
        [this, number](const std::exception_ptr& failure) {
            jobs_.at(number).settling = false;
            log_unsettled(failure);
        });
}

void Jobs::settled(std::uint64_t number, const std::optional<store::JobRecord>& record) {
    Job& job = jobs_.at(number);
    job.settling = false;
    const bool again = std::exchange(job.again, false);
    if (record && record->state != store::JobState::Running)
        finish(number, *record);
    else if (again)
        settle(number, false);
}

void Jobs::finish(std::uint64_t number, const store::JobRecord& record) {
    Job& job = jobs_.at(number);
    flush(number);
    job.record = record;
    const std::string path = path_of(number);
    const JobOutcome outcome = job_outcome(record);
    if (!outcome.ok) {
        log::notice("job %llu (%s '%s') %s: %s", static_cast<unsigned long long>(number),
                    record.operation.c_str(), base::printable(record.description).c_str(),
                    job_state_name(record.state), base::printable(outcome.message).c_str());
    }
    context_.connection.emit(path, kJobInterface, "Completed", outcome.ok, outcome.error_name,
                             outcome.message, outcome.result);
    context_.connection.emit_properties_changed(path, kJobInterface, {"State"});
    for (const bus::Call& call : std::exchange(job.waiters, {}))
        answer_finished(call, record);
    context_.events->job_finished(record);
    job.hold.reset();
    retire_later(number);
}

void Jobs::retire_later(std::uint64_t number) {
    jobs_.at(number).retire = context_.event.add_timer(kKeepUsec, [this, number] {
        const auto node = jobs_.extract(number);
        const std::string path = path_of(number);
        context_.connection.emit(bus::kRootPath, bus::kManagerInterface, "JobRemoved",
                                 static_cast<std::uint32_t>(number), bus::ObjectPath{path},
                                 std::string(job_state_name(node.mapped().record.state)));
        context_.connection.emit_removed(path, {kJobInterface});
    });
}

void Jobs::report(std::uint64_t number, const std::vector<ProgressItem>& items) {
    const auto found = jobs_.find(number);
    if (found == jobs_.end() || found->second.record.state != store::JobState::Running) return;
    Job& job = found->second;
    job.progress.report(items);
    if (job.flush) return; // an interval is running; its end sends what is newest
    flush(number);
    job.flush = context_.event.add_timer(kProgressInterval, [this, number] {
        Job& late = jobs_.at(number);
        const auto ended = std::move(late.flush);
        if (late.progress.dirty()) report(number, {});
    });
}

void Jobs::flush(std::uint64_t number) {
    for (const ProgressItem& item : jobs_.at(number).progress.take()) {
        context_.connection.emit(path_of(number), kJobInterface, "Item", item.id, item.status,
                                 item.done, item.total);
    }
}

void Jobs::wait(const bus::Call& call, std::uint64_t number) {
    Job& job = jobs_.at(number);
    if (job.record.state == store::JobState::Running) {
        job.waiters.push_back(call);
    } else {
        answer_finished(call, job.record);
    }
}

void Jobs::cancel(const Permit& permit, std::uint64_t number) {
    const Job& job = jobs_.at(number);
    if (job.record.state != store::JobState::Running) {
        throw Error(ErrorCode::Busy, "job " + std::to_string(number) + " has ended already");
    }
    context_.operations.run(
        permit, [this, number] { files_.cancel(number); },
        [this, number, call = permit.call()] {
            if (jobs_.contains(number)) settle(number, false);
            call.reply();
        });
}

void Jobs::recover() {
    context_.store.remove_old_jobs(store::now() - kKeepRecordsUsec);
    for (const store::JobRecord& record : context_.store.jobs()) {
        jobs_[record.number].record = record;
        if (record.state != store::JobState::Running) {
            retire_later(record.number);
            continue;
        }
        jobs_[record.number].hold = context_.idle.hold();
        settle(record.number, true);
    }
}

} // namespace berth::daemon
