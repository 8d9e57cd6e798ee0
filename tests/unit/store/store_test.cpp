// SPDX-License-Identifier: LGPL-2.1-or-later
// The database as such: several processes, a killed writer, other versions, damage, jobs, events.
#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/unit/store/sample.hpp>
#include <unistd.h>

#include <base/file.hpp>
#include <store/store.hpp>

namespace berth {
namespace {

using test::hex;

class StoreFile : public ::testing::Test {
  protected:
    test::ScratchDir scratch_;
    std::string path_ = scratch_.path() + "/berth.db";

    void execute(const std::string& sql) {
        sqlite3* handle = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(handle);
    }
    ErrorCode code_of_opening() {
        try {
            const store::Store opened(path_);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    }
};

TEST_F(StoreFile, IsReadableByItsOwnerAlone) {
    const mode_t old = ::umask(0);
    const store::Store opened(path_);
    ::umask(old);
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(StoreFile, IsHealthyAndKeepsItsRecordsWhenOpenedAgain) {
    {
        store::Store first(path_);
        first.add_container({.record = test::container('a', "web")});
        first.set_setting("boot", "1");
        first.set_setting("boot", "2");
    }
    store::Store second(path_);
    EXPECT_EQ(second.find_container("web").id.str(), hex('a'));
    EXPECT_EQ(second.setting("boot"), "2");
    EXPECT_FALSE(second.setting("none"));
    EXPECT_TRUE(second.check().empty());
}

TEST_F(StoreFile, OfANewerVersionIsRefused) {
    { const store::Store opened(path_); }
    execute("PRAGMA user_version=1000");
    EXPECT_EQ(code_of_opening(), ErrorCode::Unsupported);
}

TEST_F(StoreFile, OfSomebodyElseIsRefused) {
    { const store::Store opened(path_); }
    execute("PRAGMA application_id=1");
    EXPECT_EQ(code_of_opening(), ErrorCode::Corrupt);
}

TEST_F(StoreFile, ThatIsNoDatabaseIsRefused) {
    std::ofstream(path_) << std::string(8192, 'x');
    EXPECT_EQ(code_of_opening(), ErrorCode::Corrupt);
}

TEST_F(StoreFile, BehindASymbolicLinkIsRefused) {
    ASSERT_EQ(::symlink("/etc/passwd", path_.c_str()), 0);
    EXPECT_NE(code_of_opening(), ErrorCode::Internal);
}

TEST_F(StoreFile, TakesWritesOfSeveralProcessesAtOnce) {
    constexpr int kProcesses = 4;
    constexpr int kEach = 20;
    store::Store mine(path_);
    for (int process = 0; process < kProcesses; ++process) {
        if (::fork() == 0) {
            int status = 1;
            try {
                store::Store theirs(path_);
                for (int job = 0; job < kEach; ++job)
                    (void)theirs.add_job({.operation = "pull"});
                status = 0;
            } catch (...) {
                status = 1;
            }
            ::_exit(status);
        }
    }
    for (int process = 0; process < kProcesses; ++process) {
        int status = 0;
        ASSERT_GT(::wait(&status), 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(mine.jobs().size(), static_cast<std::size_t>(kProcesses * kEach));
    EXPECT_EQ(mine.jobs().back().number, static_cast<std::uint64_t>(kProcesses * kEach));
}

TEST_F(StoreFile, KeepsWhatAKilledProcessWasToldIsWritten) {
    store::Store mine(path_);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t writer = ::fork();
    if (writer == 0) {
        store::Store theirs(path_);
        for (;;) {
            const std::uint64_t number = theirs.add_job({.operation = "pull"});
            if (::write(ends[1], &number, sizeof number) != sizeof number) ::_exit(1);
        }
    }
    std::uint64_t acknowledged = 0;
    while (acknowledged < 25) {
        ASSERT_EQ(::read(ends[0], &acknowledged, sizeof acknowledged),
                  static_cast<ssize_t>(sizeof acknowledged));
    }
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    ::close(ends[1]);
    std::uint64_t number = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number)
        acknowledged = number;
    ::close(ends[0]);
    EXPECT_GE(mine.jobs().size(), acknowledged);
    EXPECT_NO_THROW((void)mine.add_job({.operation = "pull"})) << "the dead writer's lock is gone";
    EXPECT_TRUE(mine.check().empty());
}

TEST_F(StoreFile, ServesSeveralThreads) {
    store::Store opened(path_);
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (char digit = '0'; digit < '4'; ++digit) {
        threads.emplace_back([&opened, digit] {
            for (int round = 0; round < 10; ++round) {
                opened.add_container({.record = test::container(digit, {'n', digit})});
                (void)opened.containers();
                (void)opened.remove_container(ContainerId(hex(digit)), false);
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_TRUE(opened.containers().empty());
}

TEST_F(StoreFile, AJobEndsOnce) {
    store::Store opened(path_);
    const auto number = opened.add_job({.operation = "pull", .description = "debian:12"});
    EXPECT_TRUE(opened.finish_job(number, store::JobState::Cancelled, "{}", 5));
    EXPECT_FALSE(opened.finish_job(number, store::JobState::Done, "{}", 6));
    EXPECT_EQ(opened.job(number).state, store::JobState::Cancelled);
    EXPECT_TRUE(opened.remove_old_jobs(5).empty());
    EXPECT_EQ(opened.remove_old_jobs(6), std::vector<std::uint64_t>{number});
    EXPECT_GT(opened.add_job({.operation = "push"}), number) << "numbers are not used twice";
}

TEST_F(StoreFile, EventsAreARing) {
    store::Store opened(path_);
    for (unsigned event = 0; event < store::kEventLimit + 10; ++event) {
        opened.add_event({.usec = event, .kind = "container", .action = "start", .id = "x"});
    }
    const auto events = opened.events_since(0);
    EXPECT_EQ(events.size(), store::kEventLimit);
    EXPECT_EQ(events.back().usec, store::kEventLimit + 9);
    EXPECT_EQ(opened.events_since(store::kEventLimit + 5).size(), 5U);
}

TEST_F(StoreFile, NetworksAreReadBackWhole) {
    store::Store opened(path_);
    opened.add_network(test::network('e', "bridge"));
    const auto network = opened.find_network("eee");
    EXPECT_EQ(network.name, "bridge");
    EXPECT_EQ(network.subnets, test::network('e', "bridge").subnets);
    EXPECT_EQ(network.options, test::network('e', "bridge").options);
    EXPECT_THROW(opened.add_network(test::network('f', "bridge")), Error);
    EXPECT_NO_THROW(opened.remove_network(network.id));
    EXPECT_TRUE(opened.networks().empty());
}

} // namespace
} // namespace berth
