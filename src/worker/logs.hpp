// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-worker logs CONTAINER-ID`: what a container wrote, out of the journal, to fd 1, one record
// a line: "<1|2> <usec since epoch> <message>\n", 1 for stdout and 2 for stderr; in the message a
// backslash and control bytes are escaped as in C.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace berth::worker {

struct LogsRequest {
    std::string container; ///< full id
    bool follow = false;   ///< wait for more, as long as the unit lives
    std::optional<std::uint64_t> tail;
    std::uint64_t since = 0; ///< usec since the epoch
    std::uint64_t until = UINT64_MAX;
    std::string unit; ///< whose end ends `follow`; empty: the record's
};

/// InvalidArgument names the argument that is wrong.
[[nodiscard]] LogsRequest parse_logs_arguments(std::span<char* const> arguments);
/// One record as it is written.
[[nodiscard]] std::string log_record(bool error, std::uint64_t usec, std::string_view message);

[[nodiscard]] int logs_main(std::span<char* const> arguments);

} // namespace berth::worker
