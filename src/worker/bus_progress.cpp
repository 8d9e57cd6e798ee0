// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_progress.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <base/log.hpp>
#include <berth/error.hpp>
#include <bus/connection.hpp>

namespace berth::worker {

namespace {

constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr const char* kInterface = "org.berth1.Worker";

} // namespace

BusProgress::BusProgress(std::uint32_t job) : job_(job), thread_([this] { run(); }) {}

BusProgress::~BusProgress() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void BusProgress::report(const std::string& id, const std::string& status, std::uint64_t done,
                         std::uint64_t total) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = items_.empty();
        const auto known = std::find_if(items_.begin(), items_.end(),
                                        [&](const Item& item) { return std::get<0>(item) == id; });
        if (known == items_.end())
            items_.emplace_back(id, status, done, total);
        else
            *known = Item(id, status, done, total);
    }
    if (first) changed_.notify_one();
}

std::vector<BusProgress::Item> BusProgress::take_changed() {
    return std::exchange(items_, {});
}

void BusProgress::run() {
    std::optional<bus::Connection> connection;
    try {
        connection = bus::Connection::open_system();
    } catch (const Error& error) {
        log::debug("progress is not told: %s", error.what());
    }
    for (std::unique_lock lock(mutex_);;) {
        changed_.wait(lock, [this] { return ended_ || !items_.empty(); });
        const auto items = take_changed();
        const bool ended = ended_;
        lock.unlock();
        if (connection && !items.empty()) {
            try {
                auto call = connection->new_call_with(
                    {bus::kServiceName, bus::kRootPath, kInterface}, "Report", job_, items);
                sd_bus_message_set_auto_start(call.get(), 0);
                connection->send(call);
                connection->flush();
            } catch (const Error& error) {
                log::debug("progress is not told: %s", error.what());
                connection.reset();
            }
        }
        if (ended) return;
        std::this_thread::sleep_for(kInterval);
        lock.lock();
    }
}

} // namespace berth::worker
