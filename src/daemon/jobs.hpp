// SPDX-License-Identifier: LGPL-2.1-or-later
// The jobs the bus shows: running ones, and finished ones for a while. Belongs to the main loop;
// what blocks is in JobFiles and runs on pool threads. A job is its unit: berthd may come and go.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <bus/object.hpp>
#include <daemon/context.hpp>
#include <daemon/idle.hpp>
#include <daemon/job_files.hpp>
#include <daemon/job_progress.hpp>

namespace berth::daemon {

class Permit;

class Jobs {
  public:
    explicit Jobs(Context& context);

    /// Makes the order (on a pool thread: it may look things up), launches it and answers the call
    /// with the job's path.
    void start(const Permit& permit, std::function<JobOrder()> make);
    /// A unit is gone, or has failed.
    void unit_ended(const std::string& unit);
    void report(std::uint64_t number, const std::vector<ProgressItem>& items);
    /// Answers with the result or the job's error, when there is one.
    void wait(const bus::Call& call, std::uint64_t number);
    void cancel(const Permit& permit, std::uint64_t number);

    /// After a start of berthd: goes on with what runs, settles what ended meanwhile.
    void recover();

    [[nodiscard]] const store::JobRecord* find(std::uint64_t number) const;
    [[nodiscard]] const JobProgress* progress(std::uint64_t number) const;
    [[nodiscard]] std::vector<store::JobRecord> list() const;
    [[nodiscard]] static std::string path_of(std::uint64_t number);
    /// 0 for a path that is no job's.
    [[nodiscard]] static std::uint64_t number_of(const std::string& path);

  private:
    struct Job {
        store::JobRecord record;
        JobProgress progress;
        std::vector<bus::Call> waiters;
        Idle::Hold hold;    ///< while it runs
        bus::Source flush;  ///< sends progress on
        bus::Source retire; ///< forgets it, finished
        bool settling = false;
        bool again = false; ///< something happened while it was settled
    };

    void adopt(const store::JobRecord& record);
    void settle(std::uint64_t number, bool may_resume);
    void settled(std::uint64_t number, const std::optional<store::JobRecord>& record);
    void finish(std::uint64_t number, const store::JobRecord& record);
    void announce(const store::JobRecord& record);
    void retire_later(std::uint64_t number);
    void flush(std::uint64_t number);

    Context& context_;
    JobFiles files_;
    std::map<std::uint64_t, Job> jobs_;
    std::set<std::uint64_t> ended_early_; ///< units that ended before their launch was answered
};

} // namespace berth::daemon
