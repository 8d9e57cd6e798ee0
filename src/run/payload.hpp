// SPDX-License-Identifier: LGPL-2.1-or-later
// The container's program: its working directory, its environment, which file it is, its start.
#pragma once

#include <string>
#include <vector>

#include <base/dir.hpp>
#include <run/user.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

/// Makes the directory with its parents, below the root; the last one is the user's.
void make_working_directory(const base::Dir& root, const std::string& path,
                            const Identity& identity);

/// Enters it and verifies that it lies inside the root (a path like /proc/self/fd/N does not).
void enter_working_directory(const std::string& path);

/// The process's environment, with HOME if the user's entry has one and it is not set, without
/// repetitions (the last one counts).
[[nodiscard]] std::vector<std::string> payload_environment(const spec::Process& process,
                                                           const Identity& identity);

/// The file that args[0] means, by PATH of the environment where it has no slash. Throws
/// StartError: 127 for not found, 126 for not executable.
[[nodiscard]] std::string find_program(const std::string& name,
                                       const std::vector<std::string>& environment);

/// Becomes the program; returns only by a StartError.
[[noreturn]] void exec_program(const std::string& path, const std::vector<std::string>& args,
                               const std::vector<std::string>& environment);

} // namespace berth::run
