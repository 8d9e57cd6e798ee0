// SPDX-License-Identifier: LGPL-2.1-or-later
#include "log.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include <systemd/sd-daemon.h>

namespace berth::log {

namespace {

bool debug_on() noexcept {
    static const bool from_environment = std::getenv("BERTH_DEBUG") != nullptr;
    return from_environment;
}

bool debug_set = false;

/// The prefix is for journald; a terminal gets the plain text.
bool to_journal() noexcept {
    static const bool connected = std::getenv("JOURNAL_STREAM") != nullptr;
    return connected;
}

Sink current_sink = nullptr;

struct Level {
    const char* prefix; ///< sd-daemon(3)
    const char* name;
};

void write_line(const Level& level, const char* format, std::va_list arguments) noexcept {
    std::array<char, 4096> line{};
    int used = 0;
    if (current_sink == nullptr && to_journal()) {
        used = std::snprintf(line.data(), line.size(), "%s", level.prefix);
    }
    const auto start = static_cast<std::size_t>(used);
    const int length =
        std::vsnprintf(line.data() + start, line.size() - start - 1, format, arguments);
    if (length < 0) return;
    if (current_sink != nullptr) return current_sink(level.name, line.data());
    std::size_t end = start + static_cast<std::size_t>(length);
    if (end > line.size() - 2) end = line.size() - 2;
    line[end++] = '\n';
    // One write a line keeps lines of several threads and processes apart.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), end);
}

} // namespace

void set_debug(bool on) noexcept {
    debug_set = on;
}

void set_sink(Sink sink) noexcept {
    current_sink = sink;
}

void error(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    write_line({SD_ERR, "error"}, format, arguments);
    va_end(arguments);
}

void warning(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    write_line({SD_WARNING, "warning"}, format, arguments);
    va_end(arguments);
}

void notice(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    write_line({SD_NOTICE, "info"}, format, arguments);
    va_end(arguments);
}

void info(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    write_line({SD_INFO, "info"}, format, arguments);
    va_end(arguments);
}

void debug(const char* format, ...) {
    if (!debug_set && !debug_on()) return;
    std::va_list arguments;
    va_start(arguments, format);
    write_line({SD_DEBUG, "debug"}, format, arguments);
    va_end(arguments);
}

void failure(Say say, const char* what, const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        say("%s: %s", what, error.what());
    }
}

} // namespace berth::log
