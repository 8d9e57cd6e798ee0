// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <base/hash.hpp>
#include <berth/error.hpp>
#include <spec/image_config.hpp>

namespace berth::spec {

namespace {

const std::string kDiff = "sha256:" + std::string(64, '1');
const std::string kDiff2 = "sha256:" + std::string(64, '2');

std::string config(const std::string& more, const std::string& diffs) {
    return R"({"architecture":"amd64","os":"linux")" + more +
           R"(,"rootfs":{"type":"layers","diff_ids":[)" + diffs + "]}}";
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

ErrorCode config_failure(const std::string& text) {
    try {
        static_cast<void>(parse_image_config(text));
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "accepted: " << text.substr(0, 200);
    return ErrorCode::Internal;
}

TEST(ImageConfig, AllThatARunNeedsIsRead) {
    const auto read = parse_image_config(config(
        R"(,"created":"2026-01-02T03:04:05Z","author":"me","config":{"User":"1:2","Env":["A=b"],)"
        R"("Entrypoint":["/e"],"Cmd":["c","d"],"Volumes":{"/v":{}},"WorkingDir":"/w",)"
        R"("Labels":{"k":"v"},"StopSignal":"SIGINT","ExposedPorts":{"80/tcp":{}},)"
        R"("Shell":["/bin/ash","-c"],"OnBuild":["RUN x"]})",
        quoted(kDiff)));
    EXPECT_EQ(read.user, "1:2");
    EXPECT_EQ(read.env, std::vector<std::string>{"A=b"});
    EXPECT_EQ(read.entrypoint, std::vector<std::string>{"/e"});
    EXPECT_EQ(read.cmd, (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(read.volumes, std::vector<std::string>{"/v"});
    EXPECT_EQ(read.working_dir, "/w");
    EXPECT_EQ(read.labels.at("k"), "v");
    EXPECT_EQ(read.stop_signal, "SIGINT");
    EXPECT_EQ(read.exposed_ports, std::vector<std::string>{"80/tcp"});
    EXPECT_EQ(read.diff_ids.at(0).str(), kDiff);
}

TEST(ImageConfig, NullsStandForNothing) {
    const auto read = parse_image_config(config(
        R"(,"created":null,"history":null,"config":{"Env":null,"Cmd":null,"Labels":null})", ""));
    EXPECT_TRUE(read.env.empty());
    EXPECT_NO_THROW(static_cast<void>(parse_image_config(config(R"(,"config":null)", ""))));
}

TEST(ImageConfig, UnknownMembersGoOutAgain) {
    auto read = parse_image_config(
        config(R"(,"x-own":[1,{"a":2}],"config":{"Healthcheck":{"Test":["NONE"]},"Cmd":["a"]})",
               quoted(kDiff)));
    read.cmd = {"b"};
    const auto json = nlohmann::json::parse(dump_image_config(read));
    EXPECT_EQ(json["x-own"][1]["a"], 2);
    EXPECT_EQ(json["config"]["Healthcheck"]["Test"][0], "NONE");
    EXPECT_EQ(json["config"]["Cmd"][0], "b");
    EXPECT_EQ(parse_image_config(dump_image_config(read)).cmd, read.cmd);
}

TEST(ImageConfig, SameConfigurationGivesTheSameBytes) {
    const auto read = parse_image_config(config(R"(,"config":{"Env":["A=b"]})", quoted(kDiff)));
    EXPECT_EQ(dump_image_config(read),
              dump_image_config(parse_image_config(dump_image_config(read))));
}

TEST(ImageConfig, HistoryOfMoreLayersThanThereAreIsRefused) {
    EXPECT_EQ(config_failure(config(R"(,"history":[{},{}])", quoted(kDiff))), ErrorCode::Corrupt);
    EXPECT_NO_THROW(static_cast<void>(
        parse_image_config(config(R"(,"history":[{},{"empty_layer":true}])", quoted(kDiff)))));
}

TEST(ImageConfig, MalformedOnesAreRefused) {
    for (const std::string& text : {
             std::string("{}"),
             std::string("[]"),
             std::string("nonsense"),
             std::string(R"({"rootfs":{"type":"windows"}})"),
             config("", "7"),
             config("", quoted("sha256:abc")),
             config(R"(,"config":[])", ""),
             config(R"(,"config":{"Env":"A=b"})", ""),
             config(R"(,"config":{"Env":[1]})", ""),
             config(R"(,"config":{"Labels":{"a":1}})", ""),
             config(R"(,"config":{"Volumes":["/v"]})", ""),
             config(R"(,"os":7)", ""),
             config(R"(,"history":[null])", ""),
             config(R"(,"history":{})", ""),
         }) {
        EXPECT_EQ(config_failure(text), ErrorCode::Corrupt) << text;
    }
}

TEST(ImageConfig, MoreThanItsBoundsIsRefused) {
    std::string diffs = quoted(kDiff);
    for (int n = 0; n < 600; ++n)
        diffs += "," + quoted(kDiff);
    EXPECT_EQ(config_failure(config("", diffs)), ErrorCode::Corrupt);
    EXPECT_EQ(config_failure(config(",\"x\":\"" + std::string(5U << 20U, 'x') + "\"", "")),
              ErrorCode::Corrupt);
}

TEST(ChainIds, FollowTheSpecification) {
    const auto chain = chain_ids({Digest(kDiff), Digest(kDiff2)});
    ASSERT_EQ(chain.size(), 2U);
    EXPECT_EQ(chain[0].str(), std::string(64, '1'));
    EXPECT_EQ(chain[1].str(), base::sha256(kDiff + " " + kDiff2).hex());
    EXPECT_TRUE(chain_ids({}).empty());
}

} // namespace

} // namespace berth::spec
