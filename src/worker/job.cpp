// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"

#include <csignal>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/log.hpp>
#include <image/cancel.hpp>
#include <spec/job.hpp>
#include <store/tree.hpp>
#include <worker/bus_progress.hpp>
#include <worker/operations.hpp>

namespace berth::worker {

namespace {

constexpr int kGraceSeconds = 5;

spec::JobResult failure(const Error& error) {
    return {.ok = false, .error = error.code(), .message = error.what()};
}

/// Writes the result of whoever comes first; the process ends with it.
class ResultFile {
  public:
    explicit ResultFile(std::uint64_t job) : dir_(base::Dir::open(store::job_dir(job))) {}

    [[nodiscard]] spec::JobRequest read_request() const {
        return spec::parse_job_request(dir_.read("request.json", spec::kJobFileLimit));
    }
    void write(const spec::JobResult& result) {
        const std::lock_guard lock(mutex_);
        if (written_) return;
        dir_.write_atomically("result.json", spec::dump_job_result(result), 0600);
        written_ = true;
    }
    /// For the last resort: written while the job's threads still run, who may not write after.
    [[noreturn]] void write_and_exit(const spec::JobResult& result) {
        const std::lock_guard lock(mutex_);
        if (!written_) {
            dir_.write_atomically("result.json", spec::dump_job_result(result), 0600);
        }
        ::_exit(1);
    }

  private:
    base::Dir dir_;
    std::mutex mutex_;
    bool written_ = false;
};

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

/// Waits for the wish to end, in a thread of its own that is never joined.
void watch_signals(ResultFile& file) {
    const sigset_t set = ending_signals();
    int number = 0;
    ::sigwait(&set, &number);
    image::request_cancel();
    ::sleep(kGraceSeconds);
    try {
        file.write_and_exit(failure(Error(ErrorCode::Cancelled, "the job was cancelled")));
    } catch (const std::exception& error) {
        log::error("cannot write the result: %s", error.what());
        ::_exit(1);
    }
}

spec::JobResult do_request(std::uint64_t number, const ResultFile& file) {
    try {
        const spec::JobRequest request = file.read_request();
        const auto job = static_cast<std::uint32_t>(number);
        BusProgress progress(job);
        return run_operation(job, request, progress);
    } catch (const Error& error) {
        if (image::is_cancelled()) {
            return failure(Error(ErrorCode::Cancelled, "the job was cancelled"));
        }
        log::error("%s", error.what());
        return failure(error);
    } catch (const std::exception& error) {
        log::error("%s", error.what());
        return failure(Error(ErrorCode::Internal, error.what()));
    }
}

} // namespace

int run_job(std::uint64_t number) {
    const sigset_t set = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    // Lives as long as the process: the watching thread is never joined.
    static std::optional<ResultFile> file;
    file.emplace(number);
    std::thread([] { watch_signals(*file); }).detach();

    const spec::JobResult result = do_request(number, *file);
    file->write(result);
    // Threads of libraries may still run; there is nothing left to do.
    ::_exit(result.ok ? 0 : 1);
}

} // namespace berth::worker
