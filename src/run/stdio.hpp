// SPDX-License-Identifier: LGPL-2.1-or-later
// The standard descriptors of a container, and that it has no others.
#pragma once

#include <string>

#include <base/dir.hpp>
#include <base/fd.hpp>

namespace berth::run {

/// Where standard error is the journal: streams of the container's own, so that its output and its
/// errors have different priorities and carry its name.
struct JournalStreams {
    base::Fd out;
    base::Fd err;
};
[[nodiscard]] JournalStreams open_journal_streams(const std::string& identifier,
                                                  const std::string& unit);

/// Puts them in place of 1 and 2; those that are not open stay as they are.
void use_streams(const JournalStreams& streams);

/// Makes the pipes among 0, 1, 2 belong to the user, so that /dev/stdout can be opened anew.
void own_pipes(unsigned uid);

/// Puts the container's own /dev/null in place of the host's among 0, 1, 2: through it the
/// container could change the mode of the host's. A container without one keeps them.
void use_own_null(const base::Dir& root);

/// Every signal at its default and none blocked, as a program expects to start.
void reset_signals();

} // namespace berth::run
