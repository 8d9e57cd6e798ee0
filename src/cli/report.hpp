// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user is told when something fails, and with which exit status.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace berth::cli {

inline constexpr int kFailed = 1;
inline constexpr int kEngineFailed = 125; ///< of run and create; and of a bad command line

/// "berth: MESSAGE" on standard error.
void complain(const std::string& message);

/// Runs `act` for each name; a failure is told and the rest goes on. The exit status.
[[nodiscard]] int for_each(const std::vector<std::string>& names,
                           const std::function<void(const std::string&)>& act);

/// A failed start as docker tells it: "[127] exec: ..." is the message and the exit status.
struct StartFailure {
    int status = kEngineFailed;
    std::string message;
};
[[nodiscard]] StartFailure start_failure(const std::string& message, int otherwise = kEngineFailed);

/// Tells the failure of a verb that runs something and returns its status; Quit passes through.
[[nodiscard]] int run_guarded(const std::function<int()>& verb, int otherwise = kEngineFailed);

} // namespace berth::cli
