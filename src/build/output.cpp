// SPDX-License-Identifier: LGPL-2.1-or-later
#include "output.hpp"

#include <array>

#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::build {

namespace {

constexpr std::size_t kLastLines = 20;
constexpr std::size_t kLongestLine = 1000;

} // namespace

void Output::line(const std::string& text) {
    write(base::printable(text) + "\n");
}

void Output::write(std::string_view bytes) noexcept {
    while (!bytes.empty() && fd_ >= 0) {
        const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            fd_ = -1;
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

Relay::Relay(Output& output) : output_(output) {
    auto pipe = base::make_pipe();
    read_ = std::move(pipe.read);
    write_ = std::move(pipe.write);
    thread_ = std::thread([this] { pump(); });
}

Relay::~Relay() {
    finish();
}

void Relay::finish() {
    write_.reset();
    if (thread_.joinable()) thread_.join();
}

void Relay::pump() {
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t got = ::read(read_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        output_.write(bytes);
        remember(bytes);
    }
}

void Relay::remember(std::string_view bytes) {
    for (const char c : bytes) {
        if (c == '\n') {
            lines_.emplace_back();
            if (lines_.size() > kLastLines + 1) lines_.pop_front();
        } else if (lines_.back().size() < kLongestLine) {
            lines_.back() += c;
        }
    }
}

std::string Relay::last_lines() const {
    std::string text;
    for (const auto& line : lines_) {
        if (!line.empty() || &line != &lines_.back()) text += base::printable(line) + "\n";
    }
    return text;
}

} // namespace berth::build
