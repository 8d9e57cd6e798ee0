// SPDX-License-Identifier: LGPL-2.1-or-later
// What the first, small and static program of every start does: it starts the real one from a
// read-only mount, which exists only as long as that one. A container sees the program that makes
// it as /proc/self/exe and could open it for writing once it runs as root; through this mount the
// kernel answers EROFS, whoever asks. A copy in memory would do the same at the price of a copy
// each start. Without the C++ library: this first of two execs then costs a fraction of a
// millisecond.
#pragma once

namespace berth::run {

/// The program's place in libexec, or where BERTH_LIBEXEC_DIR of the environment says.
[[nodiscard]] const char* program_path(const char* name, char* buffer, unsigned long size);

/// Becomes the program, protected. An ordinary user's container can't write the file anyway: where
/// no mount can be made for lack of rights, the program is started as it lies.
[[noreturn]] void protected_exec(const char* name, char** arguments, char** environment);

/// Says "PROGRAM: cannot WHAT the runner: CAUSE" and ends.
[[noreturn]] void fail_exec(const char* what);

} // namespace berth::run
