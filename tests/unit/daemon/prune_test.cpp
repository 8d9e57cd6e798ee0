// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <daemon/prune.hpp>
#include <daemon/subject.hpp>

namespace berth::daemon {
namespace {

TEST(PruneTest, ReadsKindsAndFilters) {
    const auto request =
        parse_prune({"containers", "images", "networks"}, true, {"until=10", "label=a=b"});
    EXPECT_TRUE(request.containers);
    EXPECT_TRUE(request.images);
    EXPECT_TRUE(request.networks);
    EXPECT_FALSE(request.volumes);
    EXPECT_TRUE(request.all);
    EXPECT_EQ(request.until, 10'000'000);
    EXPECT_EQ(request.labels, (std::vector<std::string>{"a=b"}));
}

TEST(PruneTest, RefusesWhatItDoesNotKnow) {
    EXPECT_THROW((void)parse_prune({"everything"}, false, {}), Error);
    EXPECT_THROW((void)parse_prune({"images"}, false, {"colour=red"}), Error);
    EXPECT_THROW((void)parse_prune({"images"}, false, {"until=tomorrow"}), Error);
    EXPECT_THROW((void)parse_prune({"images"}, false, {"until=99999999999999999999"}), Error);
}

TEST(SubjectTest, TakesTheFourKindsOfConfigurationValues) {
    const auto config = to_config({{"tty", true},
                                   {"user", "web"},
                                   {"cmd", bus::Strings{"sh"}},
                                   {"labels", bus::StringMap{{"a", "b"}}}});
    EXPECT_TRUE(std::get<bool>(config.at("tty")));
    EXPECT_EQ(std::get<std::string>(config.at("user")), "web");
    EXPECT_EQ(config.size(), 4U);
    EXPECT_THROW((void)to_config({{"memory", std::uint64_t{64}}}), Error);
}

} // namespace
} // namespace berth::daemon
