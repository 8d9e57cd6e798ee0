// SPDX-License-Identifier: LGPL-2.1-or-later
// Reaching files with a user's rights instead of root's: setfsuid(2) and setfsgid(2), which are
// per thread, and without the capabilities that overrule file permissions.
#pragma once

#include <cstdint>

#include <sys/types.h>

namespace berth::image {

class FsUser {
  public:
    /// Does nothing for uid 0. Denied when the thread can't become that user.
    explicit FsUser(std::uint32_t uid);
    FsUser(const FsUser&) = delete;
    FsUser& operator=(const FsUser&) = delete;
    ~FsUser();

  private:
    bool active_ = false;
    gid_t old_gid_ = 0;
};

} // namespace berth::image
