// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <worker/logs.hpp>

namespace berth::worker {

namespace {

const std::string kId(64, 'a');

LogsRequest parse(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    return parse_logs_arguments(pointers);
}

TEST(LogRecord, IsOneLineWhateverTheMessage) {
    EXPECT_EQ(log_record(false, 17, "plain"), "1 17 plain\n");
    EXPECT_EQ(log_record(true, 18, ""), "2 18 \n");
    EXPECT_EQ(log_record(false, 1, "a\nb\\c\td\re"), "1 1 a\\nb\\\\c\\td\\re\n");
    EXPECT_EQ(log_record(false, 1, std::string("\x1b[1m\0x\x7f", 7)), "1 1 \\033[1m\\000x\\177\n");
    EXPECT_EQ(log_record(false, 1, "\xc3\xa9\xff"), "1 1 \xc3\xa9\xff\n");
}

TEST(LogsArguments, AreRead) {
    const auto request =
        parse({"--follow", kId, "--tail=5", "--since=10", "--until=20", "--unit=berth-x.service"});
    EXPECT_TRUE(request.follow);
    EXPECT_EQ(request.container, kId);
    EXPECT_EQ(request.tail, 5U);
    EXPECT_EQ(request.since, 10U);
    EXPECT_EQ(request.until, 20U);
    EXPECT_EQ(request.unit, "berth-x.service");
}

TEST(LogsArguments, WrongOnesAreNamed) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                      {"web"},
                                                      {kId, kId},
                                                      {kId, "--tail=x"},
                                                      {kId, "--tail=-1"},
                                                      {kId, "--since="},
                                                      {kId, "--colour"}}) {
        EXPECT_THROW(static_cast<void>(parse(arguments)), Error);
    }
}

} // namespace

} // namespace berth::worker
