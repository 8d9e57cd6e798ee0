// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fs_user.hpp"

#include <array>
#include <string>

#include <grp.h>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <berth/error.hpp>

namespace berth::image {

namespace {

gid_t primary_group(std::uint32_t uid) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? found->pw_gid : static_cast<gid_t>(uid);
}

} // namespace

FsUser::FsUser(std::uint32_t uid) {
    if (uid == 0 || ::geteuid() != 0) return;
    // The kernel's own call changes this thread alone; the worker runs without other groups.
    if (::syscall(SYS_setgroups, 0, nullptr) < 0) throw_errno("cannot drop groups");
    old_gid_ = static_cast<gid_t>(::setfsgid(primary_group(uid)));
    ::setfsuid(uid);
    active_ = true;
    if (::setfsuid(static_cast<uid_t>(-1)) != static_cast<int>(uid)) {
        throw Error(ErrorCode::Denied, "cannot reach files as user " + std::to_string(uid));
    }
}

FsUser::~FsUser() {
    if (!active_) return;
    ::setfsuid(0);
    ::setfsgid(old_gid_);
}

} // namespace berth::image
