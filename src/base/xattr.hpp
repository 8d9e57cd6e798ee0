// SPDX-License-Identifier: LGPL-2.1-or-later
// Extended attributes of open files. Source: xattr(7).
#pragma once

#include <string_view>

namespace berth::base {

/// Gives `to` the attributes of `from`, both open files, but for those whose names start with
/// `left_out`, and those that can't be set there.
void copy_xattrs(int from, int to, std::string_view left_out);

} // namespace berth::base
