// SPDX-License-Identifier: LGPL-2.1-or-later
#include <clocale>
#include <cstdio>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/handle.hpp>
#include <cli/progress.hpp>
#include <cli/terminal.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kStreamSecond = 1'000'000;

TEST(ProgressBoard, MeasuresRateAndTimeLeft) {
    ProgressBoard board;
    EXPECT_TRUE(board.update("aa", "Downloading", 0, 10'000'000, kStreamSecond));
    EXPECT_FALSE(board.update("aa", "Downloading", 2'000'000, 10'000'000, 2 * kStreamSecond));
    const std::string line = board.render(100, 10).front();
    EXPECT_NE(line.find("aa: Downloading ["), std::string::npos) << line;
    EXPECT_NE(line.find("2MB/10MB  2MB/s  4s"), std::string::npos) << line;
}

TEST(ProgressBoard, FitsTheWidth) {
    ProgressBoard board;
    static_cast<void>(board.update("0123456789ab", "Downloading", 1, 1000, kStreamSecond));
    static_cast<void>(board.update("", "A status that is rather long for a narrow terminal", 0, 0,
                                   kStreamSecond));
    for (const unsigned columns : {1U, 10U, 30U, 50U, 80U}) {
        for (const auto& line : board.render(columns, 10))
            EXPECT_LE(display_width(line), columns) << line;
    }
}

TEST(ProgressBoard, KeepsTheMovingItemsWhenThereAreTooMany) {
    ProgressBoard board;
    for (int i = 0; i < 20; ++i)
        static_cast<void>(board.update("done" + std::to_string(i), "Pull complete", 0, 0, 1));
    static_cast<void>(board.update("busy", "Downloading", 1, 100, 1));
    const auto lines = board.render(80, 5);
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(lines.front().substr(0, 5), "busy:");
    EXPECT_EQ(lines.back(), "and 17 more");
}

TEST(ProgressBoard, ShowsNoControlCharacters) {
    ProgressBoard board;
    static_cast<void>(board.update("a\x1b", "x\ny", 0, 0, 1));
    EXPECT_EQ(board.render(80, 5).front(), "a\\x1b: x\\x0ay");
}

std::string written(base::Fd& from) {
    std::string text(65536, '\0');
    ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
    const ssize_t got = ::read(from.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

using File = base::Handle<std::FILE, std::fclose>;

TEST(ProgressPainter, PrintsPlainLinesWithoutATerminal) {
    base::Pipe pipe = base::make_pipe();
    const File out(::fdopen(pipe.write.release(), "w"));
    ProgressPainter painter(out.get(), false);
    painter.update("aa", "Downloading", 1, 10);
    painter.update("aa", "Downloading", 5, 10);
    painter.update("aa", "Download complete", 0, 0);
    painter.update("aa", "Pull complete", 0, 0);
    painter.finish();
    EXPECT_EQ(written(pipe.read), "aa: Download complete\naa: Pull complete\n");
}

TEST(ProgressPainter, RedrawsInPlaceOnATerminal) {
    int master = -1;
    int slave = -1;
    const winsize size{24, 60, 0, 0};
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, &size), 0);
    base::Fd terminal(master);
    const File out(::fdopen(slave, "w"));
    ProgressPainter painter(out.get(), false);
    painter.update("aa", "Downloading", 1, 10);
    painter.update("bb", "Waiting", 0, 0);
    painter.update("aa", "Pull complete", 0, 0);
    painter.finish();
    std::string text;
    pollfd state{terminal.get(), POLLIN, 0};
    while (text.find("Waiting") == std::string::npos && ::poll(&state, 1, 10'000) > 0)
        text += written(terminal);
    EXPECT_NE(text.find("aa: Downloading"), std::string::npos) << text;
    EXPECT_NE(text.find("\x1b[1A"), std::string::npos) << text;
    EXPECT_NE(text.find("aa: Pull complete\x1b[K"), std::string::npos) << text;
}

TEST(ProgressPainter, SaysNothingWhenQuiet) {
    base::Pipe pipe = base::make_pipe();
    const File out(::fdopen(pipe.write.release(), "w"));
    ProgressPainter painter(out.get(), true);
    painter.update("aa", "Pull complete", 0, 0);
    painter.finish();
    EXPECT_EQ(written(pipe.read), "");
}

} // namespace
} // namespace berth::cli
