// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <run/oci/report.hpp>

namespace berth::run::oci {
namespace {

TEST(LogLineTest, IsAnObjectALineInJson) {
    const auto line = log_line(LogFormat::Json, "error", "a \"b\"\nc \xff", "2026-01-02T03:04:05Z");
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(json.at("level"), "error");
    EXPECT_EQ(json.at("msg"), "a \"b\"\nc \xef\xbf\xbd");
    EXPECT_EQ(json.at("time"), "2026-01-02T03:04:05Z");
}

TEST(LogLineTest, IsPairsInText) {
    EXPECT_EQ(log_line(LogFormat::Text, "warning", "a \"b\"\n", "now"),
              R"(time="now" level=warning msg="a \"b\"\n")");
}

} // namespace
} // namespace berth::run::oci
