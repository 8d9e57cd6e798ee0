// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_progress.hpp"

#include <algorithm>

namespace berth::daemon {

namespace {

constexpr std::size_t kMaxText = 256;

} // namespace

void JobProgress::report(const std::vector<ProgressItem>& items) {
    for (const ProgressItem& item : items) {
        const std::string id = item.id.substr(0, kMaxText);
        if (!items_.contains(id) && items_.size() >= kMaxProgressItems) continue;
        items_[id] = {id, item.status.substr(0, kMaxText), item.done, item.total};
        if (std::find(changed_.begin(), changed_.end(), id) == changed_.end()) {
            changed_.push_back(id);
        }
    }
}

std::vector<ProgressItem> JobProgress::take() {
    std::vector<ProgressItem> taken;
    for (const std::string& id : changed_)
        taken.push_back(items_.at(id));
    changed_.clear();
    return taken;
}

std::uint64_t JobProgress::done() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& [id, item] : items_)
        sum += item.total != 0 ? item.done : 0;
    return sum;
}

std::uint64_t JobProgress::total() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& [id, item] : items_)
        sum += item.total;
    return sum;
}

double JobProgress::fraction() const noexcept {
    const auto all = static_cast<double>(total());
    return all == 0 ? 0 : std::min(1.0, static_cast<double>(done()) / all);
}

} // namespace berth::daemon
