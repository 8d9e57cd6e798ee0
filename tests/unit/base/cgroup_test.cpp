// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <base/cgroup.hpp>

namespace berth::base {
namespace {

TEST(CgroupTest, FindsTheUnifiedGroupAmongOthers) {
    EXPECT_EQ(unified_group("12:memory:/old\n0::/berth.slice/berth-web.service\n"),
              "/berth.slice/berth-web.service");
    EXPECT_EQ(unified_group("0::/\n"), "/");
    EXPECT_EQ(unified_group("1:name=systemd:/a\n"), "");
}

TEST(CgroupTest, ReadsANumberByItsWholeKey) {
    const char* const events = "low 0\noom 3\noom_kill 2\noom_group_kill 0\n";
    EXPECT_EQ(keyed_number(events, "oom"), 3U);
    EXPECT_EQ(keyed_number(events, "oom_kill"), 2U);
    EXPECT_EQ(keyed_number(events, "kill"), std::nullopt);
    EXPECT_EQ(keyed_number("oom_kill", "oom_kill"), std::nullopt);
    EXPECT_EQ(keyed_number("oom_kill x\n", "oom_kill"), std::nullopt);
}

} // namespace
} // namespace berth::base
