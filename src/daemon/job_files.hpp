// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's life outside berthd's memory: its record, its directory and its unit. Everything here
// blocks and is called on pool threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <daemon/job_unit.hpp>
#include <spec/job.hpp>
#include <store/store.hpp>
#include <systemd/units.hpp>

namespace berth::daemon {

struct JobOrder {
    spec::JobRequest request;
    std::string description; ///< "debian:12"
    JobStdio stdio;
    std::string frozen_unit; ///< stands still from the launch to the end; empty: none
};

class JobFiles {
  public:
    JobFiles(store::Store& store, systemd::Units& units) : store_(store), units_(units) {}

    /// Records the job and starts its unit. When it returns the job survives berthd.
    [[nodiscard]] store::JobRecord launch(const JobOrder& order);
    /// Whether the unit of a job is there.
    [[nodiscard]] bool runs(std::uint64_t number);
    /// Remembers that it is to end, then ends it.
    void cancel(std::uint64_t number);
    /// The job's unit is gone: reads what it left, records what it made and how it ended. With
    /// `may_resume` a pull or push that left nothing is started again (empty result then).
    [[nodiscard]] std::optional<store::JobRecord> settle(std::uint64_t number, bool may_resume);
    void remove_files(std::uint64_t number) noexcept;

  private:
    void freeze(std::uint64_t number, const std::string& unit);
    void thaw(std::uint64_t number) noexcept;
    void start_unit(const store::JobRecord& record, const JobOrder& order);
    [[nodiscard]] bool resume(const store::JobRecord& record);
    [[nodiscard]] spec::JobResult read_result(const store::JobRecord& record);

    store::Store& store_;
    systemd::Units& units_;
};

} // namespace berth::daemon
