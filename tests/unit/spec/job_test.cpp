// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>

#include <gtest/gtest.h>

#include <spec/job.hpp>

namespace berth::spec {

namespace {

JobImage sample_image() {
    const auto digest = [](char c) { return Digest::from_hex(std::string(64, c)); };
    return {.id = digest('1'),
            .manifest = digest('2'),
            .resolved = digest('3'),
            .references = {"docker.io/library/debian:12"},
            .layers = {{.chain = LayerId(std::string(64, '4')),
                        .diff = digest('5'),
                        .blob = digest('6'),
                        .blob_size = 7,
                        .size = 8,
                        .media_type = "application/vnd.oci.image.layer.v1.tar+gzip"}},
            .up_to_date = true};
}

JobContainer sample_container() {
    return {.id = std::string(64, 'a'),
            .layer = std::string(64, 'b'),
            .driver = "overlay",
            .pid = 42,
            .mounts = {{.source = "/s", .target = "/t", .read_only = true}}};
}

TEST(JobRequest, EveryOperationIsWrittenAndReadAgain) {
    const std::vector<JobOperation> all{
        PullRequest{"debian:12", "linux/arm64"},
        PushRequest{"localhost:5000/x:1", sample_image()},
        LoadRequest{"linux/amd64"},
        SaveRequest{{sample_image()}},
        ImportRequest{"x:1", {"CMD a"}, "note", ""},
        ExportRequest{sample_container()},
        CommitRequest{sample_container(), "x:1", sample_image(), "{}", {"ENV A=b"}, "me", "note"},
        CopyInRequest{sample_container(), "/etc/", true, "1:2"},
        CopyOutRequest{sample_container(), "/etc/passwd", true},
        SearchRequest{"localhost:5000/x", 7},
        LoginRequest{"localhost:5000", "me"},
        BuildRequest{"FROM scratch",
                     "Dockerfile",
                     {"x:1"},
                     {{"A", "b"}},
                     {{"l", ""}},
                     "stage",
                     "none",
                     true},
    };
    ASSERT_EQ(all.size(), std::variant_size_v<JobOperation>);
    for (const auto& operation : all) {
        const std::string text = dump_job_request({operation, 1000});
        const JobRequest read = parse_job_request(text);
        EXPECT_EQ(read.uid, 1000U);
        EXPECT_EQ(read.operation.index(), operation.index());
        EXPECT_EQ(dump_job_request(read), text) << operation_name(operation);
    }
}

TEST(JobRequest, UnknownMembersAndOperationsAreRefused) {
    for (const char* text :
         {R"({"operation":"pull","reference":"x","rm":true})", R"({"operation":"fly"})",
          R"({"operation":"pull"})", R"({"operation":"pull","reference":7})", "[]", "",
          R"({"operation":"pull","reference":"x","uid":4294967296})",
          R"({"operation":"export","container":{"layer":"x","pid":-1}})"}) {
        try {
            static_cast<void>(parse_job_request(text));
            ADD_FAILURE() << "accepted: " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << text;
        }
    }
}

TEST(JobResult, IsWrittenAndReadAgain) {
    JobResult result{.ok = true};
    result.images = {sample_image()};
    result.digest = "sha256:x";
    result.found = {{.name = "a", .description = "b", .stars = 3, .official = true}};
    result.warnings = {"w"};
    const JobResult read = parse_job_result(dump_job_result(result));
    EXPECT_TRUE(read.ok);
    EXPECT_EQ(read.images, result.images);
    EXPECT_EQ(read.found.at(0).stars, 3U);
    EXPECT_EQ(read.warnings, result.warnings);
}

TEST(JobResult, FailureKeepsItsKindAndWords) {
    const JobResult read = parse_job_result(
        dump_job_result({.ok = false, .error = ErrorCode::Exhausted, .message = "odd \xff bytes"}));
    EXPECT_FALSE(read.ok);
    EXPECT_EQ(read.error, ErrorCode::Exhausted);
    EXPECT_EQ(read.message.substr(0, 4), "odd ");
}

} // namespace

} // namespace berth::spec
