// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <daemon/idle.hpp>
#include <daemon/pool.hpp>

namespace berth::daemon {
namespace {

TEST(PoolTest, DoesEverythingBeforeItEnds) {
    std::atomic<int> done = 0;
    {
        Pool pool(4);
        for (int i = 0; i < 200; ++i)
            pool.submit([&] { ++done; });
    }
    EXPECT_EQ(done, 200);
}

TEST(PoolTest, LetsOneWaitForAnother) {
    std::atomic<bool> first = false;
    Pool pool(2);
    pool.submit([&] { first.wait(false); });
    pool.submit([&] {
        first = true;
        first.notify_all();
    });
}

TEST(IdleTest, LeavesOnceNothingHolds) {
    bus::Event event;
    int left = 0;
    Idle idle(event, 1, [&] {
        ++left;
        event.exit();
    });
    auto hold = idle.hold();
    event.turn(0);
    event.turn(0);
    EXPECT_EQ(left, 0);
    hold.reset();
    event.run();
    EXPECT_EQ(left, 1);
    idle.close();
}

TEST(IdleTest, NeverLeavesWithoutAQuietTime) {
    bus::Event event;
    Idle idle(event, 0, [] { FAIL(); });
    idle.hold().reset();
    event.turn(0);
    idle.close();
}

TEST(IdleTest, FinishesWorkButNotWatchesWhenToldToEnd) {
    bus::Event event;
    int left = 0;
    Idle idle(event, 60'000'000, [&] { ++left; });
    const auto watch = idle.hold(Idle::Reason::Watch);
    auto work = idle.hold(Idle::Reason::Work);
    idle.drain();
    event.turn(0);
    EXPECT_EQ(left, 0);
    work.reset();
    while (left == 0)
        event.turn(UINT64_MAX);
    EXPECT_EQ(left, 1);
    idle.close();
}

TEST(EventTest, RunsWhatOtherThreadsPostInOrder) {
    bus::Event event;
    std::vector<int> order;
    std::thread other([&] {
        for (int i = 0; i < 100; ++i)
            event.post([&, i] { order.push_back(i); });
        event.post([&] { event.exit(); });
    });
    event.run();
    other.join();
    ASSERT_EQ(order.size(), 100U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(EventTest, HandsOnWhatACallbackThrows) {
    bus::Event event;
    const auto source = event.add_defer([] { throw std::runtime_error("broken"); });
    EXPECT_THROW(event.run(), std::runtime_error);
}

} // namespace
} // namespace berth::daemon
