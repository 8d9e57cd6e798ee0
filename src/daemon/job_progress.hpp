// SPDX-License-Identifier: LGPL-2.1-or-later
// What a worker reports, thinned out: at most ten times a second something is sent on, and always
// the newest of each item. A worker is not trusted with the bus's patience. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace berth::daemon {

inline constexpr std::uint64_t kProgressInterval = 100'000; // microseconds
inline constexpr std::size_t kMaxProgressItems = 512;

struct ProgressItem {
    std::string id;     ///< a layer's first 12 digits, or what else is worked on
    std::string status; ///< "Downloading", "Extracting", "Pull complete"...
    std::uint64_t done = 0;
    std::uint64_t total = 0; ///< 0: not known
};

class JobProgress {
  public:
    void report(const std::vector<ProgressItem>& items);
    /// What has changed since the last take().
    [[nodiscard]] std::vector<ProgressItem> take();
    [[nodiscard]] bool dirty() const noexcept { return !changed_.empty(); }

    [[nodiscard]] std::uint64_t done() const noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;
    /// Between 0 and 1; 0 while nothing is known.
    [[nodiscard]] double fraction() const noexcept;

  private:
    std::map<std::string, ProgressItem> items_;
    std::vector<std::string> changed_; ///< in the order of their first change
};

} // namespace berth::daemon
