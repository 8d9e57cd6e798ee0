// SPDX-License-Identifier: LGPL-2.1-or-later
#include "build_host.hpp"

#include <memory>

#include <fcntl.h>

#include <base/fd.hpp>
#include <berth/error.hpp>
#include <bus/value.hpp>
#include <image/cancel.hpp>

namespace berth::worker {

namespace {

constexpr std::uint64_t kPatience = 200'000; // between two looks for a wish to end

const bus::Address kWorker{bus::kServiceName, bus::kRootPath, "org.berth1.Worker"};

/// Containers' layers have their ids.
bus::Address container_of(const LayerId& layer) {
    return {bus::kServiceName, "/org/berth1/container/" + layer.str(), "org.berth1.Container"};
}

bus::SharedFd shared_copy(int fd) {
    base::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw_errno("cannot pass a descriptor on");
    return std::make_shared<base::Fd>(std::move(copy));
}

} // namespace

BuildHost::BuildHost(std::uint32_t job) : job_(job), connection_(bus::Connection::open_system()) {}

std::optional<spec::JobImage> BuildHost::find_image(const std::string& name) {
    try {
        auto reply = connection_.call_method(kWorker, "FindImage", job_, name);
        return spec::parse_job_result(reply.read<std::string>()).images.at(0);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
}

std::optional<spec::JobLayer> BuildHost::find_step(const std::string& key) {
    auto reply = connection_.call_method(kWorker, "FindStep", job_, key);
    const auto steps = spec::parse_job_result(reply.read<std::string>()).steps;
    if (steps.empty()) return std::nullopt;
    return steps[0].layer;
}

build::RunEnd BuildHost::run(const build::RunOrder& order) {
    bus::Dict options{
        {"config", order.config}, {"made", order.made}, {"output", shared_copy(order.output)}};
    if (order.parent) options.set("parent", order.parent->str());
    if (!order.network.empty()) options.set("network", order.network);
    auto started = connection_.call(
        connection_.new_call_with(kWorker, "RunStep", job_, order.step, options), bus::kNoTimeout);
    build::RunEnd end{.layer = LayerId(started.read<std::string>())};
    std::optional<bus::Message> answer;
    const auto waiting = connection_.call_async(
        connection_.new_call_with(container_of(end.layer), "Wait", bus::Dict()),
        [&answer](bus::Message reply) { answer = std::move(reply); }, bus::kNoTimeout);
    while (!answer) {
        image::throw_if_cancelled();
        if (!connection_.process()) connection_.wait(kPatience);
    }
    answer->check();
    end.status = answer->read<std::int32_t>();
    end.error = answer->read<std::string>();
    return end;
}

void BuildHost::discard(const LayerId& layer) {
    const bus::Dict options{{"force", true}, {"volumes", true}};
    connection_.call(connection_.new_call_with(container_of(layer), "Remove", options),
                     bus::kNoTimeout);
}

} // namespace berth::worker
