// SPDX-License-Identifier: LGPL-2.1-or-later
// --chown and --chmod of COPY and ADD. Names are looked up in the image's own files.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include <base/dir.hpp>

namespace berth::build {

struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
};

/// "user", "user:group", names or numbers. NotFound for a name that the image does not have.
[[nodiscard]] Owner resolve_owner(const base::Dir& root, const std::string& text);

/// Octal digits. InvalidArgument.
[[nodiscard]] mode_t parse_mode(const std::string& text);

} // namespace berth::build
