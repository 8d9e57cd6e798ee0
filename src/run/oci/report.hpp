// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the messages of berth-oci go: standard error, or the file of --log in one of two formats,
// which container managers read to tell their users what went wrong.
#pragma once

#include <string>
#include <string_view>

namespace berth::run::oci {

enum class LogFormat { Text, Json };

/// From now on messages go to that file, made if missing; an empty path: to standard error.
void open_log(const std::string& path, LogFormat format);

/// One line of a log. Pure.
[[nodiscard]] std::string log_line(LogFormat format, std::string_view level,
                                   std::string_view message, std::string_view time);

/// The last word of a command that failed: on standard error, and in the log if there is one.
void report_failure(const std::string& message) noexcept;

} // namespace berth::run::oci
