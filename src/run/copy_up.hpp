// SPDX-License-Identifier: LGPL-2.1-or-later
// Fills an empty volume or tmpfs with what the image has at its place, as docker does.
#pragma once

#include <base/dir.hpp>

namespace berth::run {

/// Copies the tree below `from` into `to` with owners, modes, times, links, extended attributes and
/// devices, if `to` is empty; also the mode and owner of the directory itself. Reads and writes by
/// descriptor only; symbolic links are copied, never followed; other mounts are not entered.
void copy_up(const base::Dir& from, const base::Dir& to);

} // namespace berth::run
