// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container wrote: records from berthd, printed to standard output and error.
#pragma once

#include "client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <base/fd.hpp>
#include <bus/event.hpp>

namespace berth::cli {

struct LogChoice {
    bool follow = false;
    std::optional<std::uint64_t> tail;
    std::optional<std::uint64_t> since; ///< microseconds since the epoch
    std::optional<std::uint64_t> until;
    bool timestamps = false;
};

struct LogRecord {
    bool error = false; ///< standard error
    std::uint64_t usec = 0;
    std::string message;
};
/// "<1|2> USEC MESSAGE" with \n, \t, \\, \xNN and octal escapes undone; empty when it is not.
[[nodiscard]] std::optional<LogRecord> parse_record(std::string_view line);

class LogStream {
  public:
    static constexpr std::size_t kMaxRecord = 4U << 20U;

    /// Asks berthd for the records of the container at `path`.
    LogStream(Client& client, const std::string& path, LogChoice choice);

    /// Prints all records until the end.
    void print_all();
    /// Prints them as they come while the loop runs.
    void attach(bus::Event& event);
    /// Prints what is left, up to the end that berthd puts to the stream of an ended container.
    void finish();

  private:
    bool read_some();
    void print(const LogRecord& record) const;

    LogChoice choice_;
    base::Fd records_;
    bus::Source source_;
    std::string buffer_;
};

/// Copies our standard input to a container's.
class InputCopy {
  public:
    explicit InputCopy(bus::SharedFd to) : to_(std::move(to)) {}
    void attach(bus::Event& event);

  private:
    bool copy();

    bus::SharedFd to_;
    bus::Source source_;
};

} // namespace berth::cli
