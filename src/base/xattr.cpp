// SPDX-License-Identifier: LGPL-2.1-or-later
#include "xattr.hpp"

#include <array>
#include <string>

#include <sys/xattr.h>

namespace berth::base {

void copy_xattrs(int from, int to, std::string_view left_out) {
    std::array<char, 65536> names{};
    const ssize_t size = ::flistxattr(from, names.data(), names.size());
    for (ssize_t at = 0; at < size;) {
        const std::string name(names.data() + at);
        at += static_cast<ssize_t>(name.size()) + 1;
        if (name.starts_with(left_out)) continue;
        std::array<char, 65536> value{};
        const ssize_t length = ::fgetxattr(from, name.c_str(), value.data(), value.size());
        if (length >= 0) {
            ::fsetxattr(to, name.c_str(), value.data(), static_cast<std::size_t>(length), 0);
        }
    }
}

} // namespace berth::base
