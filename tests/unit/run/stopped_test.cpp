// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <run/stopped.hpp>

namespace berth::run {
namespace {

TEST(ExitFactsTest, KeepsAStatusAndCountsASignalAsDockerDoes) {
    EXPECT_EQ(exit_facts({"exit-code", "exited", "7"}, 1).exit_code, 7);
    const auto killed = exit_facts({"signal", "killed", "TERM"}, 1);
    EXPECT_EQ(killed.exit_code, 143);
    EXPECT_EQ(killed.exit_signal, 15);
    EXPECT_EQ(exit_facts({"core-dump", "dumped", "SEGV"}, 1).exit_code, 139);
    EXPECT_EQ(exit_facts({"resources", "", ""}, 1).exit_code, 255);
}

TEST(ExitFactsTest, KnowsAnOomKillByTheResultOrByTheGroup) {
    EXPECT_FALSE(exit_facts({"signal", "killed", "KILL"}, 1).oom_killed);
    EXPECT_TRUE(exit_facts({"oom-kill", "killed", "KILL"}, 1).oom_killed);
    EXPECT_TRUE(exit_facts({"signal", "killed", "KILL", 1}, 1).oom_killed);
    EXPECT_TRUE(exit_facts({"success", "exited", "0", 2}, 1).oom_killed);
}

} // namespace
} // namespace berth::run
