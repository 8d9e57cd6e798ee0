// SPDX-License-Identifier: LGPL-2.1-or-later
#include "terminal.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cwchar>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

// What a signal handler needs to put the terminal back.
std::atomic<int> raw_fd{-1};
termios saved_settings{};

constexpr std::array kFatal = {SIGABRT, SIGBUS,  SIGFPE,  SIGHUP, SIGILL,
                               SIGINT,  SIGQUIT, SIGSEGV, SIGTERM};
std::array<struct sigaction, kFatal.size()> saved_actions{};

void restore_terminal() noexcept {
    const int fd = raw_fd.exchange(-1);
    if (fd >= 0) ::tcsetattr(fd, TCSADRAIN, &saved_settings);
}

void restore_and_die(int number) {
    restore_terminal();
    std::signal(number, SIG_DFL);
    ::raise(number);
}

void change_terminal(int fd, const termios& settings) {
    static const bool registered = std::atexit(restore_terminal) == 0;
    static_cast<void>(registered);
    raw_fd = fd;
    struct sigaction action {};
    action.sa_handler = restore_and_die;
    for (std::size_t i = 0; i < kFatal.size(); ++i)
        ::sigaction(kFatal[i], &action, &saved_actions[i]);
    if (::tcsetattr(fd, TCSADRAIN, &settings) != 0) throw_errno("cannot set up the terminal");
}

void change_back() noexcept {
    restore_terminal();
    for (std::size_t i = 0; i < kFatal.size(); ++i)
        ::sigaction(kFatal[i], &saved_actions[i], nullptr);
}

struct Decoded {
    wchar_t symbol = 0;
    std::size_t length = 1;
};

Decoded decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    std::size_t length = 1;
    if (lead >= 0xf0 && lead < 0xf8)
        length = 4;
    else if (lead >= 0xe0)
        length = 3;
    else if (lead >= 0xc2)
        length = 2;
    if (lead < 0x80 || lead < 0xc2 || lead >= 0xf8 || length > text.size())
        return {static_cast<wchar_t>(lead < 0x80 ? lead : L'?'), 1};
    auto symbol = static_cast<wchar_t>(lead & (0xffU >> (length + 1)));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80) return {L'?', 1};
        symbol = (symbol << 6) | static_cast<wchar_t>(next & 0x3fU);
    }
    return {symbol, length};
}

std::size_t width_of(wchar_t symbol) {
    if (symbol < 0x80) return 1;
    const int width = ::wcwidth(symbol);
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

// A line from the terminal itself, so that a pipe on standard input does not answer.
base::Fd open_terminal() {
    base::Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal) throw Error(ErrorCode::InvalidArgument, "there is no terminal to ask on");
    return terminal;
}

std::string read_line(int fd) {
    std::string line;
    char c = 0;
    while (line.size() < 65536 && ::read(fd, &c, 1) == 1 && c != '\n')
        line += c;
    return line;
}

} // namespace

std::optional<TerminalSize> terminal_size(int fd) {
    winsize size{};
    if (::isatty(fd) == 0 || ::ioctl(fd, TIOCGWINSZ, &size) != 0) return std::nullopt;
    if (size.ws_col == 0 || size.ws_row == 0) return TerminalSize{};
    return TerminalSize{size.ws_col, size.ws_row};
}

void set_terminal_size(int fd, TerminalSize size) {
    const winsize wanted{static_cast<unsigned short>(size.rows),
                         static_cast<unsigned short>(size.columns), 0, 0};
    ::ioctl(fd, TIOCSWINSZ, &wanted);
}

bool wants_colour(int fd) {
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(fd) != 0 && (refused == nullptr || *refused == '\0') &&
           (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto [symbol, length] = decode(text);
        width += width_of(symbol);
        text.remove_prefix(length);
    }
    return width;
}

std::string truncated(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    std::string kept;
    std::size_t used = 0;
    while (!text.empty()) {
        const auto [symbol, length] = decode(text);
        if (used + width_of(symbol) + 1 > columns) break;
        kept += text.substr(0, length);
        used += width_of(symbol);
        text.remove_prefix(length);
    }
    return columns == 0 ? std::string() : kept + "…";
}

RawMode::RawMode(int fd) {
    if (::tcgetattr(fd, &saved_settings) != 0) throw_errno("cannot read the terminal's settings");
    termios raw = saved_settings;
    ::cfmakeraw(&raw);
    change_terminal(fd, raw);
}

RawMode::~RawMode() {
    change_back();
}

std::string read_secret(const std::string& prompt) {
    const base::Fd terminal = open_terminal();
    base::write_all(terminal.get(), prompt);
    if (::tcgetattr(terminal.get(), &saved_settings) != 0)
        throw_errno("cannot read the terminal's settings");
    termios quiet = saved_settings;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    change_terminal(terminal.get(), quiet);
    std::string line = read_line(terminal.get());
    change_back();
    base::write_all(terminal.get(), "\n");
    return line;
}

std::string read_answer(const std::string& prompt) {
    const base::Fd terminal = open_terminal();
    base::write_all(terminal.get(), prompt);
    return read_line(terminal.get());
}

} // namespace berth::cli
