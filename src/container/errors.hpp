// SPDX-License-Identifier: LGPL-2.1-or-later
// The engine's failures that clients tell apart beyond their ErrorCode; the daemon has a D-Bus
// error name for each.
#pragma once

#include <string>

#include <berth/error.hpp>

namespace berth::container {

/// org.berth1.Error.NotRunning
class NotRunning : public Error {
  public:
    explicit NotRunning(const std::string& name)
        : Error(ErrorCode::Busy, "container " + name + " is not running") {}
};

/// org.berth1.Error.AlreadyRunning
class AlreadyRunning : public Error {
  public:
    explicit AlreadyRunning(const std::string& name)
        : Error(ErrorCode::Busy, "container " + name + " is already running") {}
};

/// org.berth1.Error.NoSuchImage
class NoSuchImage : public Error {
  public:
    explicit NoSuchImage(const std::string& what)
        : Error(ErrorCode::NotFound, "No such image: " + what) {}
};

/// org.berth1.Error.StartFailed: the message starts "[CODE] ", the exit status docker would give:
/// 125 the engine's fault, 126 not executable, 127 not found.
class StartFailed : public Error {
  public:
    StartFailed(int exit_code, const std::string& message)
        : Error(ErrorCode::Io, "[" + std::to_string(exit_code) + "] " + message),
          exit_code_(exit_code) {}
    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

  private:
    int exit_code_;
};

} // namespace berth::container
