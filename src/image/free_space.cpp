// SPDX-License-Identifier: LGPL-2.1-or-later
#include "free_space.hpp"

#include <sys/statvfs.h>

#include <berth/error.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

constexpr std::uint64_t kReserve = 64U << 20U;

} // namespace

std::uint64_t free_space() {
    struct statvfs disk {};
    if (::statvfs(store::state_dir().c_str(), &disk) < 0) throw_errno("cannot ask for free space");
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

std::uint64_t usable_space() {
    const std::uint64_t free = free_space();
    if (free > kReserve) return free - kReserve;
    throw Error(ErrorCode::Exhausted, "the disk of the state directory is full");
}

} // namespace berth::image
