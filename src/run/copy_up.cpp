// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_up.hpp"

#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <base/xattr.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr unsigned kMaxDepth = 512;

/// Hard links seen: where the first name of an inode has been copied to.
using Links = std::map<ino_t, std::string>;

void copy_bytes(int from, int to, const std::string& name) {
    for (;;) {
        const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, 1U << 30U, 0);
        if (count == 0) return;
        if (count > 0) continue;
        if (errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP) {
            throw_errno("cannot copy '" + name + "' into a volume");
        }
        break;
    }
    std::vector<char> buffer(256U << 10U);
    for (;;) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count == 0) return;
        if (count < 0 || ::write(to, buffer.data(), static_cast<std::size_t>(count)) != count) {
            throw_errno("cannot copy '" + name + "' into a volume");
        }
    }
}

void copy_owner(int to_dir, const std::string& name, const struct stat& status) {
    if (::fchownat(to_dir, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot give '" + name + "' its owner in a volume");
    }
    if (!S_ISLNK(status.st_mode) &&
        ::fchmodat(to_dir, name.c_str(), status.st_mode & 07777, 0) < 0) {
        throw_errno("cannot give '" + name + "' its mode in a volume");
    }
    const std::array<timespec, 2> times{status.st_atim, status.st_mtim};
    ::utimensat(to_dir, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

void copy_regular(int from_dir, int to_dir, const std::string& name) {
    const base::Fd from(::openat(from_dir, name.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    const base::Fd to(
        ::openat(to_dir, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!from || !to) throw_errno("cannot copy '" + name + "' into a volume");
    copy_bytes(from.get(), to.get(), name);
    base::copy_xattrs(from.get(), to.get(), "trusted.");
}

void copy_symlink(int from_dir, int to_dir, const std::string& name) {
    std::array<char, 4097> target{};
    const ssize_t length = ::readlinkat(from_dir, name.c_str(), target.data(), target.size() - 1);
    if (length < 0 || ::symlinkat(target.data(), to_dir, name.c_str()) < 0) {
        throw_errno("cannot copy the link '" + name + "' into a volume");
    }
}

void copy_tree(const base::Dir& from, const base::Dir& to, unsigned depth);

void copy_entry(const base::Dir& from, const base::Dir& to, const std::string& name,
                const struct stat& status, unsigned depth) {
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR: {
        if (::mkdirat(to.fd(), name.c_str(), 0700) < 0) {
            throw_errno("cannot make the directory '" + name + "' in a volume");
        }
        const auto below = from.open_dir(name);
        const auto target = to.open_dir(name);
        base::copy_xattrs(below.fd(), target.fd(), "trusted.");
        copy_tree(below, target, depth + 1);
        break;
    }
    case S_IFREG:
        copy_regular(from.fd(), to.fd(), name);
        break;
    case S_IFLNK:
        copy_symlink(from.fd(), to.fd(), name);
        break;
    default:
        if (::mknodat(to.fd(), name.c_str(), status.st_mode & (S_IFMT | 07777), status.st_rdev) <
            0) {
            throw_errno("cannot make '" + name + "' in a volume");
        }
    }
    copy_owner(to.fd(), name, status);
}

void copy_tree(const base::Dir& from, const base::Dir& to, unsigned depth) {
    if (depth > kMaxDepth) {
        throw Error(ErrorCode::Exhausted, "a volume's content in the image is nested too deeply");
    }
    struct stat top {};
    if (::fstat(from.fd(), &top) < 0) throw_errno("cannot stat a directory");
    Links links; // names of one inode in one directory; others become copies
    for (const auto& name : from.list()) {
        struct stat status {};
        if (::fstatat(from.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
            throw_errno("cannot stat '" + name + "'");
        }
        if (status.st_dev != top.st_dev && S_ISDIR(status.st_mode)) continue;
        const auto first = status.st_nlink > 1 && S_ISREG(status.st_mode)
                               ? links.emplace(status.st_ino, name)
                               : std::pair{links.end(), true};
        if (first.second) {
            copy_entry(from, to, name, status, depth);
        } else if (::linkat(to.fd(), first.first->second.c_str(), to.fd(), name.c_str(), 0) < 0) {
            throw_errno("cannot link '" + name + "' in a volume");
        }
    }
}

} // namespace

void copy_up(const base::Dir& from, const base::Dir& to) {
    if (!to.list().empty()) return;
    copy_tree(from, to, 0);
    struct stat status {};
    if (::fstat(from.fd(), &status) < 0) throw_errno("cannot stat a volume's place in the image");
    base::copy_xattrs(from.fd(), to.fd(), "trusted.");
    copy_owner(to.fd(), ".", status);
}

} // namespace berth::run
