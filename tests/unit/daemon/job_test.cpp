// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <daemon/job_progress.hpp>
#include <daemon/job_result.hpp>
#include <daemon/job_unit.hpp>
#include <store/tree.hpp>

namespace berth::daemon {
namespace {

using systemd::NameSet;
using systemd::UnitProperties;

UnitProperties unit_of(spec::JobOperation operation) {
    return job_properties(7, operation, "test", {});
}

bool is_set(const UnitProperties& unit, const char* name) {
    const auto* value = unit.find(name);
    return value != nullptr && std::get<bool>(*value);
}

TEST(JobUnitTest, NamesUnitsByNumberAndBack) {
    EXPECT_EQ(job_unit(12), "berth-job-12.service");
    EXPECT_EQ(job_of_unit("berth-job-12.service"), 12U);
    for (const char* other : {"berth-web.service", "berth-job-x.service", "berth-job-12.scope",
                              "berth-job-.service", "berth-job-1.service.service"}) {
        EXPECT_EQ(job_of_unit(other), 0U) << other;
    }
}

TEST(JobUnitTest, GivesANetworkOnlyToWhatTalksToARegistry) {
    EXPECT_FALSE(is_set(unit_of(spec::PullRequest{.reference = "debian:12", .platform = {}}),
                        "PrivateNetwork"));
    EXPECT_FALSE(is_set(unit_of(spec::SearchRequest{.term = "web"}), "PrivateNetwork"));
    EXPECT_TRUE(is_set(unit_of(spec::PullRequest{.reference = "dir:/srv/x:1", .platform = {}}),
                       "PrivateNetwork"));
    EXPECT_TRUE(is_set(unit_of(spec::LoadRequest{}), "PrivateNetwork"));
    EXPECT_TRUE(is_set(unit_of(spec::CommitRequest{}), "PrivateNetwork"));
}

TEST(JobUnitTest, LetsAnUnpackerWriteNothingButTheState) {
    const auto unit = unit_of(spec::LoadRequest{});
    EXPECT_EQ(std::get<std::string>(*unit.find("ProtectSystem")), "strict");
    EXPECT_EQ(std::get<std::string>(*unit.find("ProtectHome")), "yes");
    EXPECT_EQ(std::get<bus::Strings>(*unit.find("ReadWritePaths")),
              (bus::Strings{store::state_dir(), store::runtime_dir()}));
    EXPECT_TRUE(is_set(unit, "NoNewPrivileges"));
}

TEST(JobUnitTest, LetsAPushToADirectoryWriteThere) {
    const spec::JobImage image{.id = Digest::from_hex(std::string(64, 'a')),
                               .manifest = Digest::from_hex(std::string(64, 'b'))};
    const auto protection = [&](const std::string& reference) {
        return std::get<std::string>(
            *unit_of(spec::PushRequest{.reference = reference, .image = image})
                 .find("ProtectSystem"));
    };
    EXPECT_EQ(protection("dir:/srv/x:1"), "full");
    EXPECT_EQ(protection("localhost:5000/x"), "strict");
}

TEST(JobUnitTest, LetsOnlyCopiesJoinAContainer) {
    constexpr std::uint64_t kPtrace = std::uint64_t{1} << 19U;
    const auto bounding = [](spec::JobOperation operation) {
        return std::get<std::uint64_t>(
            *unit_of(std::move(operation)).find("CapabilityBoundingSet"));
    };
    EXPECT_NE(bounding(spec::CopyInRequest{}) & kPtrace, 0U);
    EXPECT_NE(bounding(spec::CopyOutRequest{}) & kPtrace, 0U);
    EXPECT_EQ(bounding(spec::LoadRequest{}) & kPtrace, 0U);
}

TEST(JobUnitTest, MakesTheDescriptionFitForATerminal) {
    const auto unit = job_properties(1, spec::LoadRequest{}, "evil\x1b[2J", {});
    EXPECT_EQ(std::get<std::string>(*unit.find("Description")).find('\x1b'), std::string::npos);
}

TEST(JobProgressTest, GivesTheNewestOfEachItemOnce) {
    JobProgress progress;
    progress.report({{"a", "Downloading", 1, 10}, {"b", "Waiting", 0, 0}});
    progress.report({{"a", "Downloading", 5, 10}});
    const auto items = progress.take();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].done, 5U);
    EXPECT_FALSE(progress.dirty());
    EXPECT_TRUE(progress.take().empty());
}

TEST(JobProgressTest, CountsOnlyItemsOfKnownSize) {
    JobProgress progress;
    EXPECT_EQ(progress.fraction(), 0);
    progress.report({{"a", "x", 5, 10}, {"b", "x", 700, 0}, {"c", "x", 10, 10}});
    EXPECT_EQ(progress.done(), 15U);
    EXPECT_EQ(progress.total(), 20U);
    EXPECT_DOUBLE_EQ(progress.fraction(), 0.75);
}

TEST(JobProgressTest, IsBoundedWhateverAWorkerSays) {
    JobProgress progress;
    for (int i = 0; i < 5000; ++i)
        progress.report({{std::to_string(i), std::string(9999, 'x'), 1, 2}});
    const auto items = progress.take();
    EXPECT_EQ(items.size(), kMaxProgressItems);
    EXPECT_LE(items[0].status.size(), 256U);
}

TEST(JobResultTest, KeepsTheErrorOfAFailedJob) {
    store::JobRecord record;
    spec::JobResult result;
    result.error = ErrorCode::NotFound;
    result.message = "no such manifest";
    record.result = spec::dump_job_result(result);
    const auto outcome = job_outcome(record);
    EXPECT_FALSE(outcome.ok);
    EXPECT_EQ(outcome.error_name, "org.berth1.Error.NotFound");
    EXPECT_EQ(outcome.message, "no such manifest");
}

TEST(JobResultTest, CallsAResultThatIsNoneAnError) {
    store::JobRecord record;
    record.result = "{";
    EXPECT_FALSE(job_outcome(record).ok);
    EXPECT_EQ(job_outcome(record).error_name, "org.berth1.Error.Internal");
}

TEST(JobResultTest, TellsWhatWasMade) {
    spec::JobResult result;
    result.ok = true;
    result.images.push_back({.id = Digest::from_hex(std::string(64, 'a')),
                             .manifest = Digest::from_hex(std::string(64, 'b')),
                             .resolved = {},
                             .references = {"docker.io/library/web:1"},
                             .layers = {}});
    const auto images = to_dict(result).get<std::vector<bus::Dict>>("images");
    ASSERT_EQ(images.size(), 1U);
    EXPECT_EQ(images[0].get<std::string>("id"), "sha256:" + std::string(64, 'a'));
    EXPECT_EQ(images[0].get<bus::Strings>("references"), (bus::Strings{"docker.io/library/web:1"}));
}

} // namespace
} // namespace berth::daemon
