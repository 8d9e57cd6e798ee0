// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Job at /org/berth1/job/<number>, and org.berth1.Worker at /org/berth1, where workers
// say how far they are.
#pragma once

#include <string>

#include <bus/object.hpp>
#include <daemon/context.hpp>
#include <daemon/jobs.hpp>

namespace berth::daemon {

class JobObject {
  public:
    explicit JobObject(Context& context);
    /// What they have on the bus.
    [[nodiscard]] static const sd_bus_vtable* vtable() noexcept;
    [[nodiscard]] static const sd_bus_vtable* worker_vtable() noexcept;

    void cancel(bus::Call call);
    void wait(bus::Call call);
    void report(bus::Call call);

    // worker_steps.cpp
    void find_image(bus::Call call);
    void find_step(bus::Call call);
    void run_step(bus::Call call);

    [[nodiscard]] std::uint32_t id(const std::string& path);
    [[nodiscard]] std::string operation(const std::string& path);
    [[nodiscard]] std::string description(const std::string& path);
    [[nodiscard]] std::string state(const std::string& path);
    [[nodiscard]] double progress(const std::string& path);
    [[nodiscard]] std::uint64_t bytes_done(const std::string& path);
    [[nodiscard]] std::uint64_t bytes(const std::string& path);
    [[nodiscard]] std::uint64_t start_time(const std::string& path);
    [[nodiscard]] std::uint32_t started_by(const std::string& path);

  private:
    [[nodiscard]] const store::JobRecord& record_at(const std::string& path);
    /// A build that runs; InvalidArgument.
    [[nodiscard]] store::JobRecord running_build(std::uint64_t number) const;
    [[nodiscard]] const JobProgress& progress_at(const std::string& path);

    Context& context_;
    bus::Slot jobs_;
    bus::Slot enumerator_;
    bus::Slot worker_;
};

} // namespace berth::daemon
