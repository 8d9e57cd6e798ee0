// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages for the journal: written to stderr with a <priority> prefix, which journald reads
// (sd-daemon(3)). Library code logs nothing above debug; the borders log each failure once.
// A message is a lower-case phrase with the object in quotes and the cause last, without full stop.
#pragma once

#include <exception>

namespace berth::log {

/// debug() is silent unless set, or BERTH_DEBUG is in the environment.
void set_debug(bool on) noexcept;

/// Takes a message instead of standard error; `level` is "error", "warning", "info" or "debug".
using Sink = void (*)(const char* level, const char* message) noexcept;
/// nullptr: standard error again.
void set_sink(Sink sink) noexcept;

void error(const char* format, ...) __attribute__((format(printf, 1, 2)));
void warning(const char* format, ...) __attribute__((format(printf, 1, 2)));
void notice(const char* format, ...) __attribute__((format(printf, 1, 2)));
void info(const char* format, ...) __attribute__((format(printf, 1, 2)));
void debug(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// Logs "what: why" by `say`, which is one of the above; what is no std::exception is rethrown.
using Say = void (*)(const char* format, ...);
void failure(Say say, const char* what, const std::exception_ptr& failure);

} // namespace berth::log
