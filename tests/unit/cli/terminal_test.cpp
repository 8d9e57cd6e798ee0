// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <cli/terminal.hpp>
#include <cli/tty_relay.hpp>

namespace berth::cli {
namespace {

struct Pty {
    base::Fd master;
    base::Fd slave;
};

Pty open_pty(unsigned short rows = 24, unsigned short columns = 80) {
    int master = -1;
    int slave = -1;
    const winsize size{rows, columns, 0, 0};
    if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0)
        throw std::runtime_error("openpty");
    return {base::Fd(master), base::Fd(slave)};
}

bool echoes(int fd) {
    termios settings{};
    ::tcgetattr(fd, &settings);
    return (settings.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON);
}

std::string read_some(int fd) {
    pollfd state{fd, POLLIN, 0};
    if (::poll(&state, 1, 10'000) <= 0) return {};
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

TEST(RawMode, IsUndoneAtTheEndOfItsLife) {
    const Pty pty = open_pty();
    {
        const RawMode raw(pty.slave.get());
        EXPECT_FALSE(echoes(pty.slave.get()));
    }
    EXPECT_TRUE(echoes(pty.slave.get()));
}

TEST(RawMode, IsUndoneBySignalsThatEndTheProcess) {
    for (const int number : {SIGTERM, SIGSEGV, SIGABRT, SIGHUP}) {
        const Pty pty = open_pty();
        const pid_t child = ::fork();
        if (child == 0) {
            const RawMode raw(pty.slave.get());
            ::raise(number);
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << number;
        EXPECT_TRUE(echoes(pty.slave.get())) << number;
    }
}

// Runs the relay in a child whose standard streams are a terminal of its own.
class Relay : public ::testing::Test {
  protected:
    void start(const std::string& keys) {
        child_ = ::fork();
        if (child_ != 0) return;
        ::dup2(user_.slave.get(), STDIN_FILENO);
        ::dup2(user_.slave.get(), STDOUT_FILENO);
        int status = 3;
        try {
            bus::Event event;
            TtyRelay relay(event, container_.master.duplicate(), true, DetachKeys(keys));
            container_.slave.reset();
            while (!relay.detached() && !relay.closed())
                event.turn(UINT64_MAX);
            status = relay.detached() ? 1 : 0;
        } catch (const std::exception&) {
            status = 2;
        }
        ::_exit(status);
    }
    int finish() const {
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    void make_raw() const {
        termios raw{};
        ::tcgetattr(container_.slave.get(), &raw);
        ::cfmakeraw(&raw);
        ::tcsetattr(container_.slave.get(), TCSANOW, &raw);
    }

    Pty user_ = open_pty(40, 132);
    Pty container_ = open_pty();
    pid_t child_ = -1;
};

TEST_F(Relay, CopiesBothWaysAndTheSize) {
    make_raw();
    start("ctrl-p,ctrl-q");
    ASSERT_EQ(::write(container_.slave.get(), "$ ", 2), 2);
    EXPECT_EQ(read_some(user_.master.get()), "$ ");
    const auto size = terminal_size(container_.slave.get());
    ASSERT_TRUE(size);
    EXPECT_EQ(size->columns, 132U);
    EXPECT_EQ(size->rows, 40U);
    ASSERT_EQ(::write(user_.master.get(), "vi\x03\x1b", 4), 4);
    EXPECT_EQ(read_some(container_.slave.get()), "vi\x03\x1b");
    container_.slave.reset();
    EXPECT_EQ(finish(), 0);
    EXPECT_TRUE(echoes(user_.slave.get()));
}

TEST_F(Relay, LeavesAtTheDetachKeys) {
    make_raw();
    start("ctrl-p,ctrl-q");
    ASSERT_EQ(::write(container_.slave.get(), "x", 1), 1);
    EXPECT_EQ(read_some(user_.master.get()), "x"); // it runs, the terminal is raw
    ASSERT_EQ(::write(user_.master.get(), "\x10\x11", 2), 2);
    EXPECT_EQ(finish(), 1);
    EXPECT_TRUE(echoes(user_.slave.get()));
}

TEST_F(Relay, DoesNotChokeOnALongPaste) {
    make_raw();
    start("");
    ASSERT_EQ(::write(container_.slave.get(), "x", 1), 1);
    EXPECT_EQ(read_some(user_.master.get()), "x"); // what is typed before it is raw may get lost
    const std::string paste(200'000, 'p');
    std::thread typist([&] {
        std::size_t sent = 0;
        while (sent < paste.size()) {
            const ssize_t put = ::write(user_.master.get(), paste.data() + sent,
                                        std::min<std::size_t>(1000, paste.size() - sent));
            if (put <= 0) break;
            sent += static_cast<std::size_t>(put);
        }
    });
    std::size_t received = 0;
    while (received < paste.size()) {
        const std::string part = read_some(container_.slave.get());
        if (part.empty()) break;
        received += part.size();
    }
    typist.join();
    EXPECT_EQ(received, paste.size());
    container_.slave.reset();
    EXPECT_EQ(finish(), 0);
}

} // namespace
} // namespace berth::cli
