// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_object.hpp"

#include <daemon/gate.hpp>
#include <daemon/job_result.hpp>

namespace berth::daemon {

namespace {

constexpr const char* kPrefix = "/org/berth1/job";

using Items = std::vector<std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>>;

const sd_bus_vtable kJobVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Id", "u", (bus::property<JobObject, &JobObject::id>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Operation", "s", (bus::property<JobObject, &JobObject::operation>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Description", "s", (bus::property<JobObject, &JobObject::description>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("State", "s", (bus::property<JobObject, &JobObject::state>), 0,
                    SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    SD_BUS_PROPERTY("Progress", "d", (bus::property<JobObject, &JobObject::progress>), 0, 0),
    SD_BUS_PROPERTY("BytesDone", "t", (bus::property<JobObject, &JobObject::bytes_done>), 0, 0),
    SD_BUS_PROPERTY("Bytes", "t", (bus::property<JobObject, &JobObject::bytes>), 0, 0),
    SD_BUS_PROPERTY("StartTime", "t", (bus::property<JobObject, &JobObject::start_time>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("StartedByUID", "u", (bus::property<JobObject, &JobObject::started_by>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<JobObject, &JobObject::cancel>),
                            SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("Wait", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", result),
                            (bus::method<JobObject, &JobObject::wait>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL_WITH_ARGS("Item", SD_BUS_ARGS("s", id, "s", status, "t", done, "t", total), 0),
    SD_BUS_SIGNAL_WITH_ARGS(
        "Completed", SD_BUS_ARGS("b", ok, "s", error_name, "s", message, "a{sv}", result), 0),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kWorkerVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD_WITH_ARGS("Report", SD_BUS_ARGS("u", job, "a(sstt)", items), SD_BUS_NO_RESULT,
                            (bus::method<JobObject, &JobObject::report>),
                            SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_METHOD_NO_REPLY),
    SD_BUS_METHOD_WITH_ARGS(
        "FindImage", SD_BUS_ARGS("u", job, "s", name), SD_BUS_RESULT("s", found),
        (bus::method<JobObject, &JobObject::find_image>), SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("FindStep", SD_BUS_ARGS("u", job, "s", key), SD_BUS_RESULT("s", found),
                            (bus::method<JobObject, &JobObject::find_step>),
                            SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD_WITH_ARGS("RunStep", SD_BUS_ARGS("u", job, "u", step, "a{sv}", options),
                            SD_BUS_RESULT("s", id), (bus::method<JobObject, &JobObject::run_step>),
                            SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

} // namespace

const sd_bus_vtable* JobObject::vtable() noexcept {
    return kJobVtable;
}

const sd_bus_vtable* JobObject::worker_vtable() noexcept {
    return kWorkerVtable;
}

JobObject::JobObject(Context& context)
    : context_(context),
      jobs_(bus::add_objects(context.connection, kPrefix, "org.berth1.Job", kJobVtable, this,
                             [this](const std::string& path) {
                                 return context_.jobs->find(Jobs::number_of(path)) != nullptr;
                             })),
      enumerator_(bus::add_enumerator(context.connection, kPrefix,
                                      [this] {
                                          std::vector<std::string> paths;
                                          for (const auto& job : context_.jobs->list()) {
                                              paths.push_back(Jobs::path_of(job.number));
                                          }
                                          return paths;
                                      })),
      worker_(bus::add_object(context.connection, bus::kRootPath, "org.berth1.Worker",
                              kWorkerVtable, this)) {}

const store::JobRecord& JobObject::record_at(const std::string& path) {
    const auto* record = context_.jobs->find(Jobs::number_of(path));
    if (record == nullptr) throw bus::NamedError(bus::kNoSuchJob, "there is no job " + path);
    return *record;
}

const JobProgress& JobObject::progress_at(const std::string& path) {
    static_cast<void>(record_at(path));
    return *context_.jobs->progress(Jobs::number_of(path));
}

void JobObject::cancel(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    const auto& record = record_at(call.message().path());
    const Facts facts{.owner = record.owner_uid,
                      .details = {{"job", std::to_string(record.number)}}};
    context_.gate.pass(call, facts, [this, number = record.number](const Permit& permit) {
        context_.jobs->cancel(permit, number);
    });
}

void JobObject::wait(bus::Call call) {
    const auto& record = record_at(call.message().path());
    const Facts facts{.owner = record.owner_uid,
                      .details = {{"job", std::to_string(record.number)}}};
    context_.gate.pass(call, facts, [this, call, number = record.number](const Permit&) {
        if (context_.jobs->find(number) == nullptr) {
            throw bus::NamedError(bus::kNoSuchJob,
                                  "job " + std::to_string(number) + " is forgotten");
        }
        context_.jobs->wait(call, number);
    });
}

void JobObject::report(bus::Call call) {
    const auto [number, items] = call.read_all<std::uint32_t, Items>();
    context_.gate.pass(call, [&, number = number, &items = items](const Permit&) {
        std::vector<ProgressItem> progress;
        for (const auto& [id, status, done, total] : items) {
            progress.push_back({id, status, done, total});
        }
        context_.jobs->report(number, progress);
        call.reply();
    });
}

std::uint32_t JobObject::id(const std::string& path) {
    return static_cast<std::uint32_t>(record_at(path).number);
}

std::string JobObject::operation(const std::string& path) {
    return record_at(path).operation;
}

std::string JobObject::description(const std::string& path) {
    return record_at(path).description;
}

std::string JobObject::state(const std::string& path) {
    return job_state_name(record_at(path).state);
}

double JobObject::progress(const std::string& path) {
    return progress_at(path).fraction();
}

std::uint64_t JobObject::bytes_done(const std::string& path) {
    return progress_at(path).done();
}

std::uint64_t JobObject::bytes(const std::string& path) {
    return progress_at(path).total();
}

std::uint64_t JobObject::start_time(const std::string& path) {
    return static_cast<std::uint64_t>(record_at(path).started);
}

std::uint32_t JobObject::started_by(const std::string& path) {
    return record_at(path).owner_uid;
}

} // namespace berth::daemon
