// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cli/cpu_quota.hpp>
#include <cli/options.hpp>
#include <cli/refused_flags.hpp>

namespace berth::cli {
namespace {

using Text = std::optional<std::string>;

std::string cpus(const Text& period, const Text& quota) {
    bus::Dict config;
    set_cpu_quota(config, period, quota);
    return config.get_or<std::string>("cpus", "");
}

TEST(CpuQuota, IsItsPartOfThePeriod) {
    EXPECT_EQ(cpus({}, "50000"), "0.500000000");
    EXPECT_EQ(cpus("50000", "100000"), "2.000000000");
}

TEST(CpuQuota, MayBeNoLimit) {
    EXPECT_EQ(cpus({}, {}), "");
    EXPECT_EQ(cpus("50000", {}), "");
    EXPECT_EQ(cpus({}, "-1"), "");
}

TEST(CpuQuota, RefusesWhatIsNoTimeAndAnotherSpellingBesideIt) {
    EXPECT_THROW(static_cast<void>(cpus({}, "half")), UsageError);
    EXPECT_THROW(static_cast<void>(cpus({}, "999")), UsageError);
    EXPECT_THROW(static_cast<void>(cpus("0", "5000")), UsageError);
    bus::Dict config{{"cpus", "1"}};
    EXPECT_THROW(set_cpu_quota(config, {}, "50000"), UsageError);
}

std::string refusal(const std::vector<std::string>& arguments) {
    Options options("run", "IMAGE", "");
    refuse_container_flags(options);
    options.accepted("--no-healthcheck");
    options.need(1);
    try {
        return options.parse(arguments) ? "accepted" : "help";
    } catch (const UsageError& error) {
        EXPECT_EQ(error.status(), UsageError::kBadFlag);
        return error.what();
    }
}

TEST(RefusedFlags, NameThemselvesAndWhatToUse) {
    EXPECT_EQ(refusal({"image"}), "accepted");
    EXPECT_EQ(refusal({"--no-healthcheck", "image"}), "accepted");
    const auto gpus = refusal({"--gpus", "all", "image"});
    EXPECT_NE(gpus.find("--gpus"), std::string::npos);
    EXPECT_NE(gpus.find("--device"), std::string::npos);
    EXPECT_NE(refusal({"--health-cmd=true", "image"}).find("systemd timer"), std::string::npos);
}

TEST(UsageErrors, EndWithDockersStatus) {
    Options options("rename", "CONTAINER NAME", "");
    options.need(2, 2);
    try {
        static_cast<void>(options.parse({"one"}));
        FAIL() << "too few arguments were accepted";
    } catch (const UsageError& error) {
        EXPECT_EQ(error.status(), UsageError::kBadArguments);
    }
}

} // namespace
} // namespace berth::cli
