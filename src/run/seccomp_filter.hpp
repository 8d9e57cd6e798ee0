// SPDX-License-Identifier: LGPL-2.1-or-later
// A bundle's system call policy as the program the kernel runs. Compiling takes milliseconds, so
// the program is kept below /run/berth/seccomp; a kept one counts only if it was made by root from
// exactly the same policy and library.
#pragma once

#include <string>
#include <vector>

#include <linux/filter.h>

#include <base/fd.hpp>
#include <spec/bundle_linux.hpp>

namespace berth::run {

using FilterProgram = std::vector<sock_filter>;

/// Compiles a policy with libseccomp. Calls that the library does not know are answered by number
/// where berth knows it, and else ENOSYS, so that programs fall back to what the filter knows.
/// InvalidArgument for what is no action, operator or architecture.
[[nodiscard]] FilterProgram compile_filter(const spec::SeccompPolicy& policy);

/// The same through a cache in `directory`, which is root's alone. A cache that can't be used is
/// none.
[[nodiscard]] FilterProgram cached_filter(const spec::SeccompPolicy& policy,
                                          const std::string& directory);

/// SECCOMP_FILTER_FLAG_* by the policy's flags, and for a listener if calls are handed to one.
/// InvalidArgument when there is none, or when the call that hands it over is among them.
[[nodiscard]] unsigned filter_flags(const spec::SeccompPolicy& policy);

/// Puts the calling process under the filter; the listener's descriptor, if it has one. Needs
/// no_new_privs or CAP_SYS_ADMIN.
[[nodiscard]] base::Fd load_filter(const FilterProgram& program, unsigned flags);

/// What of the specification this build knows, for `features`.
[[nodiscard]] std::vector<std::string> known_filter_actions();
[[nodiscard]] std::vector<std::string> known_filter_operators();
[[nodiscard]] std::vector<std::string> known_filter_architectures();
[[nodiscard]] std::vector<std::string> known_filter_flags();

} // namespace berth::run
