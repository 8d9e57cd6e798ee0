// SPDX-License-Identifier: LGPL-2.1-or-later
#include "loop.hpp"

#include <algorithm>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::size_t kLookedAt = 1U << 20U;

base::Fd open_device(const std::string& path, int flags) {
    base::Fd fd(::open(path.c_str(), flags | O_CLOEXEC));
    if (!fd) throw_errno("cannot open '" + path + "'");
    return fd;
}

} // namespace

void make_sparse_file(const std::string& path, std::uint64_t size) {
    const base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) < 0) throw_errno("cannot make '" + path + "'");
    if (static_cast<std::uint64_t>(status.st_size) >= size) return;
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) < 0) {
        throw_errno("cannot enlarge '" + path + "'");
    }
}

LoopDevice attach_loop(const std::string& file) {
    const auto control = open_device("/dev/loop-control", O_RDWR);
    const auto backing = open_device(file, O_RDWR);
    for (int attempt = 0; attempt < 16; ++attempt) {
        const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
        if (number < 0) throw_errno("cannot get a loop device");
        LoopDevice loop;
        loop.path = "/dev/loop" + std::to_string(number);
        loop.fd = open_device(loop.path, O_RDWR);
        loop_config config{};
        config.fd = static_cast<__u32>(backing.get());
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
        std::copy_n(file.data(), std::min(file.size(), sizeof config.info.lo_file_name - 1),
                    reinterpret_cast<char*>(config.info.lo_file_name));
        if (::ioctl(loop.fd.get(), LOOP_CONFIGURE, &config) == 0) return loop;
        if (errno != EBUSY) throw_errno("cannot use '" + loop.path + "' for '" + file + "'");
    }
    throw Error(ErrorCode::Busy, "cannot get a loop device: others are always faster");
}

void refresh_loop(const std::string& device) {
    const auto fd = open_device(device, O_RDWR);
    if (::ioctl(fd.get(), LOOP_SET_CAPACITY, 0) < 0) {
        throw_errno("cannot tell '" + device + "' that its file has grown");
    }
}

std::uint64_t device_bytes(const std::string& device) {
    const auto fd = open_device(device, O_RDONLY);
    std::uint64_t bytes = 0;
    if (::ioctl(fd.get(), BLKGETSIZE64, &bytes) < 0) {
        throw_errno("cannot tell the size of '" + device + "'");
    }
    return bytes;
}

bool is_blank(const std::string& device) {
    const auto fd = open_device(device, O_RDONLY);
    std::string start(kLookedAt, '\0');
    const ssize_t count = ::pread(fd.get(), start.data(), start.size(), 0);
    if (count < 0) throw_errno("cannot read '" + device + "'");
    return start.find_first_not_of('\0') == std::string::npos;
}

} // namespace berth::devicemapper
