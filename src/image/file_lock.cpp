// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <berth/error.hpp>
#include <image/cancel.hpp>

namespace berth::image {

namespace {

constexpr useconds_t kPollUsec = 50000;

void lock(int fd, const std::string& path) {
    // Polled, not waited for, so that a cancelled job does not sit here.
    while (::flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) throw_errno("cannot lock '" + path + "'");
        throw_if_cancelled();
        ::usleep(kPollUsec);
    }
}

/// Is the open file still the one of that name, not one its last holder removed.
bool is_current(int fd, const std::string& path) {
    struct stat held {};
    struct stat named {};
    return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

} // namespace

FileLock::FileLock(std::string path) : path_(std::move(path)) {
    for (;;) {
        base::Fd fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!fd) throw_errno("cannot open '" + path_ + "'");
        lock(fd.get(), path_);
        if (!is_current(fd.get(), path_)) continue;
        fd_ = std::move(fd);
        return;
    }
}

void FileLock::remove() noexcept {
    if (fd_) ::unlink(path_.c_str());
    fd_.reset();
}

} // namespace berth::image
