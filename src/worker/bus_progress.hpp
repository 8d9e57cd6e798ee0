// SPDX-License-Identifier: LGPL-2.1-or-later
// Progress as calls of org.berth1.Worker.Report(u job, a(sstt) items) to the daemon: at most ten a
// second, each with what has changed since the last, no replies. A daemon that is not there misses
// nothing that counts; it is not started for this.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <image/progress.hpp>

namespace berth::worker {

class BusProgress final : public image::Progress {
  public:
    explicit BusProgress(std::uint32_t job);
    /// Sends what is left.
    ~BusProgress() override;

    void report(const std::string& id, const std::string& status, std::uint64_t done,
                std::uint64_t total) override;

  private:
    using Item = std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>;

    void run();
    [[nodiscard]] std::vector<Item> take_changed();

    std::uint32_t job_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Item> items_; ///< the latest of each id, not yet sent, in the order they came
    bool ended_ = false;
    std::thread thread_;
};

} // namespace berth::worker
