// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: its files as tar and as image. All are jobs.
#include <container/image_lookup.hpp>
#include <container/layers.hpp>
#include <container/volumes.hpp>
#include <daemon/commit_config.hpp>
#include <daemon/container_object.hpp>
#include <daemon/job_images.hpp>
#include <daemon/jobs.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>

namespace berth::daemon {

namespace {

constexpr const char* kChangeLetters = "ACD"; // by ChangeKind

std::vector<spec::JobMount> job_mounts(const spec::ContainerSpec& spec) {
    std::vector<spec::JobMount> mounts;
    for (const auto& mount : spec.mounts) {
        if (mount.kind == spec::MountKind::Tmpfs) continue;
        const bool volume = mount.kind == spec::MountKind::Volume;
        mounts.push_back({.source = volume ? container::volume_data(mount.source) : mount.source,
                          .target = mount.target,
                          .read_only = mount.read_only});
    }
    return mounts;
}

std::optional<spec::JobImage> parent_of(store::Store& store, const std::string& image) {
    try {
        return job_image(store, Digest(image));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::InvalidArgument)
            throw;
        return std::nullopt; // removed since (rmi -f)
    }
}

} // namespace

spec::JobContainer ContainerObject::job_container(const store::ContainerRecord& record) {
    const auto spec = spec::parse_container_spec(record.spec);
    const auto now = container::condition_of(record, context_.units.service(record.unit));
    return {.id = record.id.str(),
            .layer = container::layer_of(record.id).str(),
            .driver = record.storage_driver,
            .pid = now.pid,
            .mounts = job_mounts(spec)};
}

void ContainerObject::commit(bus::Call call) {
    const auto [reference, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"author", "message", "changes", "pause"});
    spec::CommitRequest request{.reference = reference,
                                .changes = options.get_or<bus::Strings>("changes", {}),
                                .author = options.get_or<std::string>("author", ""),
                                .message = options.get_or<std::string>("message", "")};
    const bool pause = options.get_or("pause", true);
    const auto record = record_of(call);
    context_.gate.pass(
        call, facts_of(record), [this, request, pause, record](const Permit& permit) {
            context_.jobs->start(permit,
                                 [this, request, pause, record, uid = permit.uid()]() mutable {
                                     request.container = job_container(record);
                                     request.parent = parent_of(context_.store, record.image_id);
                                     request.config = commit_config(record);
                                     JobOrder order{.request = {.operation = request, .uid = uid},
                                                    .description = record.name};
                                     if (pause && request.container.pid != 0)
                                         order.frozen_unit = record.unit;
                                     return order;
                                 });
        });
}

void ContainerObject::copy_in(bus::Call call) {
    const auto [path, tar, options] = call.read_all<std::string, bus::SharedFd, bus::Dict>();
    options.require_only({"contents", "owner"});
    const spec::CopyInRequest request{.path = path,
                                      .contents = options.get_or("contents", false),
                                      .owner = options.get_or<std::string>("owner", "")};
    const auto record = record_of(call);
    context_.gate.pass(
        call, facts_of(record), [this, request, record, in = tar](const Permit& permit) {
            context_.jobs->start(permit, [this, request, record, in, uid = permit.uid()]() mutable {
                auto copy = request;
                copy.container = job_container(record);
                return JobOrder{.request = {.operation = copy, .uid = uid},
                                .description = record.name + ":" + request.path,
                                .stdio = {.in = in, .out = {}}};
            });
        });
}

void ContainerObject::copy_out(bus::Call call) {
    const auto [path, out, options] = call.read_all<std::string, bus::SharedFd, bus::Dict>();
    options.require_only({"follow_link"});
    const spec::CopyOutRequest request{.path = path,
                                       .follow_link = options.get_or("follow_link", false)};
    const auto record = record_of(call);
    context_.gate.pass(
        call, facts_of(record), [this, request, record, out = out](const Permit& permit) {
            context_.jobs->start(permit, [this, request, record, out, uid = permit.uid()] {
                auto copy = request;
                copy.container = job_container(record);
                return JobOrder{.request = {.operation = copy, .uid = uid},
                                .description = record.name + ":" + request.path,
                                .stdio = {.in = {}, .out = out}};
            });
        });
}

void ContainerObject::export_root(bus::Call call) {
    const auto [out, options] = call.read_all<bus::SharedFd, bus::Dict>();
    options.require_only({});
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, record, out = out](const Permit& permit) {
        context_.jobs->start(permit, [this, record, out, uid = permit.uid()] {
            return JobOrder{
                .request = {.operation = spec::ExportRequest{job_container(record)}, .uid = uid},
                .description = record.name,
                .stdio = {.in = {}, .out = out}};
        });
    });
}

void ContainerObject::changes(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, record](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record] {
                std::vector<std::pair<std::string, std::string>> rows;
                auto& storage = context_.engine.plugins().storage(record.storage_driver);
                for (auto& change : storage.changes(container::layer_of(record.id))) {
                    const char letter = kChangeLetters[static_cast<int>(change.kind)];
                    rows.emplace_back(std::string(1, letter), std::move(change.path));
                }
                return rows;
            },
            [call](const auto& rows) { call.reply(rows); });
    });
}

} // namespace berth::daemon
