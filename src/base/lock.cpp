// SPDX-License-Identifier: LGPL-2.1-or-later
#include "lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <berth/error.hpp>

namespace berth::base {

Fd lock_path(const std::string& path, LockKind kind) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd) throw_errno("cannot open '" + path + "'");
    while (::flock(fd.get(), kind == LockKind::Shared ? LOCK_SH : LOCK_EX) < 0) {
        if (errno != EINTR) throw_errno("cannot lock '" + path + "'");
    }
    return fd;
}

} // namespace berth::base
