// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parents.hpp"

#include <array>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

constexpr int kDirFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kMaxLinks = 40; ///< as path_resolution(7) has it

int open_beneath(int root, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const char* name = path.empty() ? "." : path.c_str();
    return static_cast<int>(::syscall(SYS_openat2, root, name, &how, sizeof how));
}

[[noreturn]] void corrupt_parent(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::Corrupt,
                "the archive puts entries below '" + base::printable(path) + "', " + why);
}

void push_parts(std::vector<std::string>& rest, const std::string& path) {
    auto parts = base::split(path, '/');
    rest.insert(rest.end(), parts.rbegin(), parts.rend());
}

void leave_last(std::string& path) {
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
}

/// The target of the symbolic link `name`, empty if it is none (or not there).
std::string link_target(int dir, const std::string& name) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(dir, name.c_str(), target.data(), target.size());
    return length <= 0 ? std::string()
                       : std::string(target.data(), static_cast<std::size_t>(length));
}

} // namespace

int Parents::open_plain(const std::string& path) const {
    return open_beneath(root_, path, kDirFlags);
}

std::string Parents::resolve(const std::string& path) const {
    std::vector<std::string> rest;
    push_parts(rest, path);
    std::string real;
    for (int links = 0; !rest.empty();) {
        const std::string part = std::move(rest.back());
        rest.pop_back();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            leave_last(real);
            continue;
        }
        const base::Fd dir(open_beneath(root_, real, O_PATH | O_DIRECTORY | O_CLOEXEC));
        const std::string target = dir ? link_target(dir.get(), part) : std::string();
        if (target.empty()) {
            real += (real.empty() ? "" : "/") + part;
        } else {
            if (++links > kMaxLinks) corrupt_parent(path, "which has too many symbolic links");
            if (target.front() == '/') real.clear();
            push_parts(rest, target);
        }
        if (real.size() >= PATH_MAX)
            corrupt_parent(path, "whose real path is longer than 4095 bytes");
    }
    return real;
}

base::Fd Parents::find(const std::string& path) const {
    base::Fd dir(open_plain(path));
    if (!dir && (errno == ELOOP || errno == ENOTDIR)) dir.reset(open_plain(resolve(path)));
    return dir;
}

int Parents::open(const std::string& path) {
    if (dir_ && path == path_) return dir_.get();
    close();
    std::string real = path;
    base::Fd dir(open_plain(path));
    if (!dir && (errno == ELOOP || errno == ENOTDIR || errno == ENOENT)) {
        real = resolve(path);
        dir.reset(open_plain(real));
        if (!dir && (errno == ENOENT || errno == ENOTDIR)) {
            make_missing(real);
            dir.reset(open_plain(real));
        }
    }
    if (!dir && errno == ENOTDIR) corrupt_parent(path, "which is no directory");
    if (!dir) throw_errno("cannot open the directory '" + base::printable(path) + "'");
    if (::fstat(dir.get(), &status_) < 0) throw_errno("cannot stat a directory");
    dir_ = std::move(dir);
    path_ = path;
    real_path_ = std::move(real);
    return dir_.get();
}

void Parents::close() {
    if (!dir_) return;
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, status_.st_mtim};
    if (::futimens(dir_.get(), times.data()) < 0) {
        throw_errno("cannot set the time of '" + base::printable(path_) + "'");
    }
    dir_.reset();
}

void Parents::make_missing(const std::string& path) {
    std::string done;
    for (const auto& part : base::split(path, '/')) {
        const base::Fd dir(open_plain(done));
        if (!dir) throw_errno("cannot open the directory '" + base::printable(done) + "'");
        done += (done.empty() ? "" : "/") + part;
        make_one(dir.get(), part, done);
    }
}

void Parents::make_one(int dir, const std::string& name, const std::string& path) {
    struct stat status {};
    const bool there = ::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno != ENOENT) {
        if (errno == ENAMETOOLONG) corrupt_parent(path, "a name longer than 255 bytes");
        throw_errno("cannot stat '" + base::printable(path) + "'");
    }
    if (there && S_ISDIR(status.st_mode)) return;
    const bool device = there && whiteouts_.is_whiteout(status);
    if (there && !device) corrupt_parent(path, "which is no directory");
    const bool hidden = device || whiteouts_.reveal(dir, name, path);
    if (!hidden && missing_ == MissingParents::NeedBelow) {
        throw Error(ErrorCode::Busy, "the layer does not have the directory '" +
                                         base::printable(path) +
                                         "' itself: its parents are needed to apply it");
    }
    if (device && ::unlinkat(dir, name.c_str(), 0) < 0) throw_errno("cannot remove a whiteout");
    if (::mkdirat(dir, name.c_str(), 0755) < 0) {
        throw_errno("cannot make the directory '" + base::printable(path) + "'");
    }
    whiteouts_.touched(path);
    if (!hidden) return;
    const base::Fd made(::openat(dir, name.c_str(), kDirFlags));
    if (!made) throw_errno("cannot open '" + base::printable(path) + "'");
    whiteouts_.replaced_by_directory(made.get());
}

} // namespace berth::tar
