// SPDX-License-Identifier: LGPL-2.1-or-later
#include "log_stream.hpp"

#include "human.hpp"

#include <array>
#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

constexpr int kEndMilliseconds = 3000; // berthd has that long to end the stream

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// Undoes one escape whose backslash stands at `text[at]`; returns how many characters it took.
std::size_t unescape_one(std::string_view text, std::size_t at, std::string& out) {
    static constexpr std::string_view kLetters = "abfnrtv\\\"'";
    static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"'";
    const std::string_view rest = text.substr(at + 1);
    if (rest.empty()) return out += '\\', 1;
    if (const auto letter = kLetters.find(rest[0]); letter != std::string_view::npos)
        return out += kMeanings[letter], 2;
    if (rest[0] == 'x' && rest.size() >= 3 && hex_digit(rest[1]) >= 0 && hex_digit(rest[2]) >= 0)
        return out += static_cast<char>(hex_digit(rest[1]) * 16 + hex_digit(rest[2])), 4;
    if (rest.size() >= 3 && is_octal(rest[0]) && is_octal(rest[1]) && is_octal(rest[2]))
        return out += static_cast<char>((rest[0] - '0') * 64 + (rest[1] - '0') * 8 + rest[2] - '0'),
               4;
    return out += '\\', 1;
}

} // namespace

std::optional<LogRecord> parse_record(std::string_view line) {
    if (line.size() < 3 || (line[0] != '1' && line[0] != '2') || line[1] != ' ')
        return std::nullopt;
    LogRecord record;
    record.error = line[0] == '2';
    line.remove_prefix(2);
    const std::size_t space = line.find(' ');
    const auto usec = base::parse_number(line.substr(0, space));
    if (!usec) return std::nullopt;
    record.usec = *usec;
    const std::string_view text = space == std::string_view::npos ? "" : line.substr(space + 1);
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\')
            at += unescape_one(text, at, record.message);
        else
            record.message += text[at++];
    }
    return record;
}

LogStream::LogStream(Client& client, const std::string& path, LogChoice choice) : choice_(choice) {
    base::Pipe pipe = base::make_pipe();
    bus::Dict options;
    if (choice.follow) options.set("follow", true);
    options.set_if("tail", choice.tail);
    options.set_if("since", choice.since);
    options.set_if("until", choice.until);
    client.on(path, kContainerInterface, "Logs", pipe.write, options);
    records_ = std::move(pipe.read);
}

bool LogStream::read_some() {
    std::array<char, 65536> buffer;
    const ssize_t got = ::read(records_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    buffer_.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end = 0; (end = buffer_.find('\n', start)) != std::string::npos;
         start = end + 1) {
        if (const auto record = parse_record(std::string_view(buffer_).substr(start, end - start)))
            print(*record);
    }
    buffer_.erase(0, start);
    if (buffer_.size() > kMaxRecord)
        throw Error(ErrorCode::Corrupt, "a line of the log is longer than 4 MiB");
    std::fflush(stdout);
    return true;
}

void LogStream::print(const LogRecord& record) const {
    std::FILE* out = record.error ? stderr : stdout;
    if (record.error) std::fflush(stdout); // both may be one terminal: the order stays
    if (choice_.timestamps) std::fprintf(out, "%s ", rfc3339_nano(record.usec).c_str());
    std::fwrite(record.message.data(), 1, record.message.size(), out);
    std::fputc('\n', out);
}

void LogStream::print_all() {
    while (read_some()) {
    }
}

void LogStream::attach(bus::Event& event) {
    source_ = event.add_io(records_.get(), EPOLLIN, [this](std::uint32_t) {
        if (!read_some()) source_.reset();
    });
}

void LogStream::finish() {
    if (!source_) return; // the end was seen
    source_.reset();
    pollfd state{records_.get(), POLLIN, 0};
    while (::poll(&state, 1, kEndMilliseconds) > 0 && read_some()) {
    }
}

void InputCopy::attach(bus::Event& event) {
    if (!to_) return;
    struct stat info {};
    if (::fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode)) { // can't be waited for
        while (copy()) {
        }
        to_.reset();
        return;
    }
    source_ = event.add_io(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) {
        if (copy()) return;
        source_.reset();
        to_.reset();
    });
}

bool InputCopy::copy() {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    base::write_all(to_->get(), {buffer.data(), static_cast<std::size_t>(got)});
    return true;
}

} // namespace berth::cli
