// SPDX-License-Identifier: LGPL-2.1-or-later
// The one table between berth::Error and D-Bus error names: org.berth1.Error.NAME for each code and
// for the few finer kinds a client may want to tell apart, and the names of others (the bus itself,
// systemd, polkit) that mean one of our codes.
#pragma once

#include <string>
#include <string_view>

#include <berth/error.hpp>
#include <systemd/sd-bus.h>

namespace berth::bus {

/// A berth::Error that goes out under a finer name than its code has, e.g. NoSuchContainer. Thrown
/// by the daemon alone; whoever receives it catches berth::Error.
class NamedError : public Error {
  public:
    /// `name` is one of those below, or a whole one with dots.
    NamedError(const char* name, const std::string& message);
    [[nodiscard]] const char* name() const noexcept { return name_; }

  private:
    const char* name_;
};

inline constexpr const char* kNoSuchContainer = "NoSuchContainer";
inline constexpr const char* kNoSuchImage = "NoSuchImage";
inline constexpr const char* kNoSuchNetwork = "NoSuchNetwork";
inline constexpr const char* kNoSuchVolume = "NoSuchVolume";
inline constexpr const char* kNoSuchJob = "NoSuchJob";
inline constexpr const char* kNameInUse = "NameInUse";
inline constexpr const char* kInUse = "InUse";
inline constexpr const char* kNotRunning = "NotRunning";
inline constexpr const char* kAlreadyRunning = "AlreadyRunning";
/// The payload could not be started; the message begins with docker's exit status: "[127] ...".
inline constexpr const char* kStartFailed = "StartFailed";

/// "org.berth1.Error.NotFound" for NotFound; the finer name of a NamedError.
[[nodiscard]] std::string error_name(const Error& error);
[[nodiscard]] std::string error_name(ErrorCode code);
/// The code a D-Bus error name stands for; names nobody knows are Io.
[[nodiscard]] ErrorCode error_code(std::string_view name) noexcept;

/// A received error as an exception; the message is the remote's.
[[nodiscard]] Error to_error(const sd_bus_error& error);
[[noreturn]] void throw_bus_error(const sd_bus_error& error, const std::string& context);
/// Fills `error`; returns what an sd-bus callback has to return.
int set_error(sd_bus_error* error, const std::exception& exception) noexcept;

/// Throws for a negative sd-bus or sd-event result: "MESSAGE: strerror".
inline int check(int result, const char* message) {
    if (result < 0) throw_errno(message, -result);
    return result;
}

} // namespace berth::bus
