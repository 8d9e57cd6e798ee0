// SPDX-License-Identifier: LGPL-2.1-or-later
// A file that one process or thread at a time holds open and locked (flock(2)); it is released by
// the kernel however its holder ends.
#pragma once

#include <string>

#include <base/fd.hpp>

namespace berth::image {

class FileLock {
  public:
    /// Makes the file if it is not there and waits for the lock.
    explicit FileLock(std::string path);
    FileLock(FileLock&&) noexcept = default;
    FileLock& operator=(FileLock&&) noexcept = default;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Removes the file while it is held, so that nothing stays behind.
    void remove() noexcept;

  private:
    std::string path_;
    base::Fd fd_;
};

} // namespace berth::image
