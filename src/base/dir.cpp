// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dir.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <base/file.hpp>
#include <base/handle.hpp>
#include <base/random.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::base {

namespace {

using DirStream = Handle<DIR, ::closedir>;

int open_below(int dir, const std::string& path, int flags, mode_t mode, Resolve resolve) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
    how.mode = mode;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    how.resolve |= resolve == Resolve::InRoot ? RESOLVE_IN_ROOT : RESOLVE_BENEATH;
    for (int attempt = 0;; ++attempt) {
        const long fd = ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
        // EAGAIN: a rename raced with "..", openat2(2) asks to try again.
        if (fd >= 0 || errno != EAGAIN || attempt == 64) return static_cast<int>(fd);
    }
}

} // namespace

Dir Dir::open(const std::string& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open the directory '" + path + "'");
    return Dir(std::move(fd));
}

Fd Dir::open_file(const std::string& path, int flags, mode_t mode, Resolve resolve) const {
    Fd fd(open_below(fd_.get(), path, flags, mode, resolve));
    if (!fd) throw_errno("cannot open '" + path + "'");
    return fd;
}

std::optional<Fd> Dir::find_file(const std::string& path, int flags, Resolve resolve) const {
    Fd fd(open_below(fd_.get(), path, flags, 0, resolve));
    if (fd) return fd;
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot open '" + path + "'");
}

Dir Dir::open_dir(const std::string& path, Resolve resolve) const {
    return Dir(open_file(path, O_RDONLY | O_DIRECTORY, 0, resolve));
}

Dir Dir::make_dirs(const std::string& path, mode_t mode, Resolve resolve) const {
    std::string done;
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t slash = std::min(path.find('/', start), path.size());
        const std::string part = path.substr(start, slash - start);
        start = slash + 1;
        if (part.empty() || part == ".") continue;
        const std::string next = done.empty() ? part : done + "/" + part;
        if (!find_file(next, O_PATH | O_DIRECTORY, resolve)) {
            const Fd parent =
                open_file(done.empty() ? "." : done, O_PATH | O_DIRECTORY, 0, resolve);
            if (::mkdirat(parent.get(), part.c_str(), mode) < 0 && errno != EEXIST) {
                throw_errno("cannot make the directory '" + next + "'");
            }
        }
        done = next;
    }
    return open_dir(done.empty() ? "." : done, resolve);
}

std::optional<struct stat> Dir::stat(const std::string& path, Resolve resolve) const {
    const auto fd = find_file(path, O_PATH | O_NOFOLLOW, resolve);
    if (!fd) return std::nullopt;
    struct stat status {};
    if (::fstat(fd->get(), &status) < 0) throw_errno("cannot stat '" + path + "'");
    return status;
}

std::vector<std::string> Dir::list() const {
    const int copy = ::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) throw_errno("cannot open a directory to list it");
    const DirStream stream(::fdopendir(copy));
    if (!stream) throw_errno("cannot list a directory");
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(stream.get())) {
        const std::string name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string Dir::read(const std::string& path, std::uint64_t limit, Resolve resolve) const {
    const Fd fd = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, resolve);
    struct stat status {};
    if (::fstat(fd.get(), &status) < 0) throw_errno("cannot stat '" + path + "'");
    if (!S_ISREG(status.st_mode)) {
        throw Error(ErrorCode::InvalidArgument, "'" + path + "' is not a regular file");
    }
    return read_all(fd.get(), limit, path);
}

void Dir::write_atomically(const std::string& name, std::string_view content, mode_t mode) const {
    const std::string aside = "." + name + "." + random_hex(8);
    {
        const Fd fd = open_file(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
        write_all(fd.get(), content);
        if (::fsync(fd.get()) < 0) throw_errno("cannot sync '" + name + "'");
    }
    rename(aside, name);
    sync();
}

void Dir::remove_tree(const std::string& name) const {
    base::remove_tree(fd_.get(), name);
}

void Dir::unlink(const std::string& name) const {
    if (::unlinkat(fd_.get(), name.c_str(), 0) < 0 && errno != ENOENT) {
        throw_errno("cannot remove '" + name + "'");
    }
}

void Dir::rename(const std::string& from, const std::string& to) const {
    if (::renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) < 0) {
        throw_errno("cannot rename '" + from + "' to '" + to + "'");
    }
}

void Dir::sync() const {
    if (::fsync(fd_.get()) < 0) throw_errno("cannot sync a directory");
}

std::string fd_path(int fd) {
    return "/proc/self/fd/" + std::to_string(fd);
}

} // namespace berth::base
