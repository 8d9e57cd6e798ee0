// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole files and descriptors, read and written to the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace berth::base {

/// Reads to the end; Exhausted beyond `limit` bytes. `name` is for the message.
[[nodiscard]] std::string read_all(int fd, std::uint64_t limit, const std::string& name);
/// Writes everything; throws berth::Error.
void write_all(int fd, std::string_view bytes);

/// For paths berth itself chose (configuration, /proc, its own state).
[[nodiscard]] std::string read_file(const std::string& path, std::uint64_t limit = 16U << 20U);
/// Makes a directory and its missing parents; one that is there is left as it is.
void make_directories(const std::string& path, mode_t mode);

} // namespace berth::base
