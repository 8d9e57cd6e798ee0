// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Worker: what a build asks for.
#include "worker_steps.hpp"

#include <base/dir.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <container/image_lookup.hpp>
#include <container/start.hpp>
#include <container/step.hpp>
#include <daemon/events.hpp>
#include <daemon/job_images.hpp>
#include <daemon/job_object.hpp>
#include <daemon/operations.hpp>
#include <plugin/storage_choice.hpp>
#include <store/build_steps.hpp>

namespace berth::daemon {

namespace {

constexpr std::string_view kStepFile = "step-"; // in the job's directory: what remove_step() wants
constexpr std::uint64_t kImageLimit = 128;

spec::JobResult found_step(const std::string& key) {
    spec::JobResult result{.ok = true};
    const auto step = store::BuildSteps().find(key);
    if (!step || step->layer.driver != plugin::storage_driver()) return result;
    const auto& layer = step->layer;
    result.steps.push_back({.key = key,
                            .layer = {.chain = layer.chain,
                                      .diff = layer.diff,
                                      .blob = layer.blob,
                                      .blob_size = layer.blob_size,
                                      .size = layer.size,
                                      .media_type = layer.media_type},
                            .parent = step->parent});
    return result;
}

container::StepRequest read_step(const store::JobRecord& job, unsigned step,
                                 const bus::Dict& options) {
    options.require_only({"parent", "config", "network", "made", "output"});
    container::StepRequest request{.job = job.number,
                                   .step = step,
                                   .config = options.get<std::string>("config"),
                                   .network = options.get_or<std::string>("network", ""),
                                   .owner_uid = job.owner_uid};
    const auto parent = options.get_or<std::string>("parent", "");
    if (!parent.empty()) request.parent = LayerId(parent);
    return request;
}

/// Written down first: whatever happens to us, it is found and removed with the job.
container::Ran launch_step(container::Engine& engine, const container::StepRequest& request,
                           const std::string& made, const bus::SharedFd& output) {
    // What it stands on counts from now on, as a finished job's work does.
    keep_images(engine.store(), spec::parse_job_result(made));
    const auto prepared = container::prepare_step(engine, request);
    base::Dir::open(store::job_dir(request.job))
        .write_atomically(std::string(kStepFile) + std::to_string(request.step),
                          container::step_image(request), 0600);
    container::StartOptions options;
    options.stdio.out = output;
    options.stdio.err = output;
    return container::run(engine, prepared, options);
}

void end_step(container::Engine& engine, std::uint64_t job, const base::Dir& dir,
              const std::string& name) {
    if (!name.starts_with(kStepFile)) return;
    const auto step = base::parse_number(name.substr(kStepFile.size()), UINT32_MAX);
    if (!step) return;
    container::remove_step(engine, job, static_cast<unsigned>(*step), dir.read(name, kImageLimit));
}

} // namespace

void end_steps(container::Engine& engine, std::uint64_t job) noexcept {
    try {
        const base::Dir dir = base::Dir::open(store::job_dir(job));
        for (const auto& name : dir.list())
            end_step(engine, job, dir, name);
    } catch (const std::exception& error) {
        log::warning("a step of job %llu stays: %s", static_cast<unsigned long long>(job),
                     error.what());
    }
}

// Of the store: a worker may ask before its launch is answered and the job is on the bus.
store::JobRecord JobObject::running_build(std::uint64_t number) const {
    auto record = context_.store.job(number);
    if (record.state != store::JobState::Running || record.operation != "build") {
        throw Error(ErrorCode::InvalidArgument,
                    "job " + std::to_string(number) + " is no build that runs");
    }
    return record;
}

void JobObject::find_image(bus::Call call) {
    const auto [number, name] = call.read_all<std::uint32_t, std::string>();
    context_.gate.pass(call, [this, call, number = number, name = name](const Permit& permit) {
        static_cast<void>(running_build(number));
        context_.operations.run(
            permit,
            [this, name] {
                spec::JobResult result{.ok = true};
                result.images.push_back(
                    job_image(context_.store, container::find_image(context_.store, name).id));
                return spec::dump_job_result(result);
            },
            [call](const std::string& found) { call.reply(found); });
    });
}

void JobObject::find_step(bus::Call call) {
    const auto [number, key] = call.read_all<std::uint32_t, std::string>();
    context_.gate.pass(call, [this, call, number = number, key = key](const Permit& permit) {
        static_cast<void>(running_build(number));
        context_.operations.run(
            permit, [key] { return spec::dump_job_result(found_step(key)); },
            [call](const std::string& found) { call.reply(found); });
    });
}

void JobObject::run_step(bus::Call call) {
    const auto [number, step, options] = call.read_all<std::uint32_t, std::uint32_t, bus::Dict>();
    context_.gate.pass(call, [&, number = number, step = step](const Permit& permit) {
        const auto request = read_step(running_build(number), step, options);
        const auto made = options.get<std::string>("made");
        const auto output = options.get<bus::SharedFd>("output");
        context_.operations.run(
            permit,
            [this, request, made, output] {
                return launch_step(context_.engine, request, made, output);
            },
            [this, call](const container::Ran& ran) {
                const auto& record = ran.created.record;
                context_.events->container(record, "create");
                context_.events->container(record, "start");
                call.reply(record.id.str());
            });
    });
}

} // namespace berth::daemon
