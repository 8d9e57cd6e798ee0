// SPDX-License-Identifier: LGPL-2.1-or-later
// Lines of other containers in a container's hosts file, each marked with whom it is about. The
// container may write to the file: what stands in it is not trusted, and what is its own stays.
#pragma once

#include <string>
#include <string_view>

#include <base/dir.hpp>

namespace berth::run {

/// The end of each line about the container `id`.
[[nodiscard]] std::string hosts_mark(const std::string& id);

/// The text without the lines marked with `mark`; an empty one means everybody's.
[[nodiscard]] std::string hosts_without(std::string_view text, std::string_view mark);

/// Takes the marked lines out of the file "hosts". In place, for containers have the file mounted:
/// written in one call over the old text and only then cut, so that no reader finds it empty.
/// Exhausted when the container made it larger than any hosts file is.
void strip_hosts(const base::Dir& dir, std::string_view mark);

/// Adds lines at the end, in one call.
void append_hosts(const base::Dir& dir, std::string_view lines);

} // namespace berth::run
