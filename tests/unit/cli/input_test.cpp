// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <cli/container_options.hpp>
#include <cli/copy_plan.hpp>
#include <cli/detach_keys.hpp>
#include <cli/host_paths.hpp>
#include <cli/log_stream.hpp>
#include <cli/report.hpp>

namespace berth::cli {
namespace {

using Strings = std::vector<std::string>;

TEST(DetachKeys, LeaveAtTheSequence) {
    DetachKeys keys("ctrl-p,ctrl-q");
    EXPECT_EQ(keys.feed("ab").bytes, "ab");
    const auto passed = keys.feed("c\x10\x11x");
    EXPECT_TRUE(passed.detach);
    EXPECT_EQ(passed.bytes, "c");
}

TEST(DetachKeys, PassOnABrokenSequence) {
    DetachKeys keys("ctrl-p,ctrl-q");
    EXPECT_EQ(keys.feed("\x10").bytes, "");
    const auto passed = keys.feed("x");
    EXPECT_EQ(passed.bytes, "\x10x");
    EXPECT_FALSE(passed.detach);
    EXPECT_EQ(keys.feed("\x10\x10").bytes, "\x10");
    EXPECT_TRUE(keys.feed("\x11").detach);
}

TEST(DetachKeys, MayBeLettersOrNone) {
    EXPECT_TRUE(DetachKeys("ctrl-a,d")
                    .feed("\x01"
                          "d")
                    .detach);
    EXPECT_EQ(DetachKeys("").feed("\x10\x11").bytes, "\x10\x11");
    EXPECT_THROW(DetachKeys("ctrl-1"), UsageError);
    EXPECT_THROW(DetachKeys("ctrl-p,"), UsageError);
}

TEST(LogRecord, UndoesEscapes) {
    const auto record = parse_record("2 1700000000000001 a\\n\\tb\\\\c\\x1b\\033\\001\xc3\xa4");
    ASSERT_TRUE(record);
    EXPECT_TRUE(record->error);
    EXPECT_EQ(record->usec, 1'700'000'000'000'001U);
    EXPECT_EQ(record->message, "a\n\tb\\c\x1b\x1b\x01\xc3\xa4");
}

TEST(LogRecord, TakesEmptyLinesAndRefusesOthers) {
    ASSERT_TRUE(parse_record("1 5 "));
    EXPECT_EQ(parse_record("1 5 ")->message, "");
    EXPECT_EQ(parse_record("1 5")->message, "");
    EXPECT_FALSE(parse_record("3 5 x"));
    EXPECT_FALSE(parse_record("1 x y"));
    EXPECT_FALSE(parse_record(""));
}

TEST(StartFailure, TakesTheStatusFromTheMessage) {
    EXPECT_EQ(start_failure("[127] exec: no").status, 127);
    EXPECT_EQ(start_failure("[127] exec: no").message, "exec: no");
    EXPECT_EQ(start_failure("[999] x").status, 125);
    EXPECT_EQ(start_failure("anything").status, 125);
}

TEST(HostPaths, BecomeAbsolute) {
    const std::string here = std::filesystem::current_path();
    EXPECT_EQ(absolute_volumes({"./d:/d:ro", ".:/w", "name:/n", "/a:/b", "/c"}),
              (Strings{here + "/d:/d:ro", here + ":/w", "name:/n", "/a:/b", "/c"}));
    EXPECT_EQ(absolute_mounts({"type=bind,src=./d,dst=/d", "type=volume,src=./d,dst=/d"}),
              (Strings{"type=bind,src=" + here + "/d,dst=/d", "type=volume,src=./d,dst=/d"}));
}

TEST(Environment, TakesValuesFromOurs) {
    ::setenv("BERTH_TEST_SET", "v", 1);
    ::unsetenv("BERTH_TEST_UNSET");
    EXPECT_EQ(resolve_env({"A=b", "BERTH_TEST_SET", "BERTH_TEST_UNSET", "E="}),
              (Strings{"A=b", "BERTH_TEST_SET=v", "E="}));
    EXPECT_THROW(static_cast<void>(resolve_env({"=x"})), UsageError);
}

TEST(Environment, ReadsFiles) {
    const std::string path = ::testing::TempDir() + "/berth-env";
    std::ofstream(path) << "# comment\n\n  A=b c\nB=#x\r\n";
    EXPECT_EQ(read_env_file(path), (Strings{"A=b c", "B=#x"}));
    std::ofstream(path) << "A=1\nnot a name=x\n";
    try {
        static_cast<void>(read_env_file(path));
        FAIL() << "a name with spaces was taken";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find(":2:"), std::string::npos);
    }
    std::filesystem::remove(path);
}

TEST(ContainerOptions, MakeTheConfiguration) {
    Options options("run", "IMAGE", "");
    ContainerOptions container(options);
    options.stop_at_first_argument();
    options.need(1);
    ASSERT_TRUE(options.parse({"-it", "--rm", "-m", "64m", "--cpus=.5", "-e", "A=b", "-l", "k=v",
                               "--entrypoint", "", "--stop-timeout", "3", "-p", "80:80", "x"}));
    const auto config = container.config({"ls", "-l"});
    EXPECT_EQ(config.get<bus::Strings>("cmd"), (Strings{"ls", "-l"}));
    EXPECT_EQ(config.get<std::string>("memory"), "64m");
    EXPECT_EQ(config.get<std::string>("cpus"), ".5");
    EXPECT_EQ(config.get<bus::Strings>("env"), Strings{"A=b"});
    EXPECT_EQ(config.get<bus::StringMap>("labels").at("k"), "v");
    EXPECT_TRUE(config.get<bus::Strings>("entrypoint").empty());
    EXPECT_TRUE(config.get<bool>("tty") && config.get<bool>("open_stdin"));
    EXPECT_TRUE(config.get<bool>("auto_remove"));
    EXPECT_EQ(config.get<bus::Strings>("publish"), Strings{"80:80"});
    EXPECT_FALSE(config.has("privileged"));
    EXPECT_FALSE(config.has("volumes"));
}

TEST(ContainerOptions, RefuseWhatExcludesEachOther) {
    Options options("run", "IMAGE", "");
    ContainerOptions container(options);
    options.need(0, 1);
    ASSERT_TRUE(options.parse({"--rm", "--restart", "always"}));
    EXPECT_THROW(container.check(), UsageError);
}

TEST(CopyEnds, AreContainersOrPaths) {
    EXPECT_EQ(parse_copy_end("web:/etc").container, "web");
    EXPECT_EQ(parse_copy_end("web:etc").path, "/etc");
    for (const char* text : {"./a:b", "/a:b", "a/b:c", "-", "plain", ":x"})
        EXPECT_EQ(parse_copy_end(text).container, "") << text;
    EXPECT_THROW(static_cast<void>(parse_copy_end("web:")), Error);
}

std::string plan(const CopySource& source, const CopyTarget& target) {
    try {
        const auto found = plan_copy(source, target);
        return found.directory + " " + found.name;
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(CopyPlan, OfAFile) {
    EXPECT_EQ(plan({"/e/f", false}, {"new", false, false}), ". new");
    EXPECT_EQ(plan({"/e/f", false}, {"a/new", false, false}), "a new");
    EXPECT_EQ(plan({"/e/f", false}, {"old", true, false}), ". old");
    EXPECT_EQ(plan({"/e/f", false}, {"dir/", true, true}), "dir/ f");
    EXPECT_NE(plan({"/e/f", false}, {"new/", false, false}).find("does not exist"),
              std::string::npos);
}

TEST(CopyPlan, OfADirectory) {
    EXPECT_EQ(plan({"/e/d", true}, {"new", false, false}), ". new");
    EXPECT_EQ(plan({"/e/d", true}, {"/x/new/", false, false}), "/x new");
    EXPECT_EQ(plan({"/e/d", true}, {"dir", true, true}), "dir d");
    EXPECT_EQ(plan({"/e/d/.", true}, {"dir", true, true}), "dir .");
    EXPECT_EQ(plan({"/", true}, {"dir", true, true}), "dir .");
    EXPECT_NE(plan({"/e/d", true}, {"file", true, false}).find("onto the file"), std::string::npos);
}

} // namespace
} // namespace berth::cli
