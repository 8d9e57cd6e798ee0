// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_tree.hpp"

#include <array>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <dockerfile/ignore.hpp>
#include <image/cancel.hpp>
#include <image/copy_path.hpp>

namespace berth::build {

namespace {

using base::Resolve;

constexpr std::size_t kPiece = 16U << 20U;

/// Shared blocks where the file system can, else in the kernel.
void copy_content(int from, int to) {
    bool in_kernel = true;
    for (;;) {
        image::throw_if_cancelled();
        const ssize_t copied = in_kernel ? ::copy_file_range(from, nullptr, to, nullptr, kPiece, 0)
                                         : ::sendfile(to, from, nullptr, kPiece);
        if (copied == 0) return;
        if (copied > 0 || errno == EINTR) continue;
        if (!in_kernel) throw_errno("cannot copy a file");
        in_kernel = false;
    }
}

std::array<timespec, 2> times_of(const struct stat& status) {
    return {status.st_atim, status.st_mtim};
}

struct stat made_up(mode_t mode) {
    struct stat status {};
    status.st_mode = mode;
    ::clock_gettime(CLOCK_REALTIME, &status.st_mtim);
    status.st_atim = status.st_mtim;
    return status;
}

} // namespace

Destination::Destination(const base::Dir& root, std::string path, CopyStyle style)
    : root_(root), path_(dockerfile::clean_relative(path)),
      wants_directory_(path.empty() || path.ends_with("/") || path.ends_with("/.") || path == "."),
      style_(style) {}

bool Destination::is_directory(const std::string& path) const {
    const auto status = root_.stat(path, Resolve::InRoot);
    return status && S_ISDIR(status->st_mode);
}

void Destination::make_directories(const std::string& path) const {
    if (path == "." || is_directory(path)) return;
    std::string whole;
    for (const auto& part : base::split(path, '/')) {
        whole = join_path(whole, part);
        if (is_directory(whole)) continue;
        const base::Dir made = root_.make_dirs(whole, 0755, Resolve::InRoot);
        if (::fchmod(made.fd(), 0755) < 0) throw_errno("cannot set the mode of " + quoted(whole));
        if (style_.owner && ::fchown(made.fd(), style_.owner->uid, style_.owner->gid) < 0) {
            throw_errno("cannot set the owner of " + quoted(whole));
        }
    }
}

void Destination::make() const {
    make_directories(path_);
}

std::string Destination::file_place(const std::string& name) const {
    const bool into = wants_directory_ || is_directory(path_);
    make_directories(into ? path_ : image::split_path(path_).dir);
    return into ? join_path(path_, name) : path_;
}

void Destination::write(const std::string& name, std::string_view content) {
    const base::Fd memory(::memfd_create("berth-heredoc", MFD_CLOEXEC));
    if (!memory) throw_errno("cannot hold the content of '" + base::printable(name) + "'");
    base::write_all(memory.get(), content);
    if (::lseek(memory.get(), 0, SEEK_SET) < 0) throw_errno("cannot read it again");
    make_file(file_place(name), memory, made_up(S_IFREG | 0644));
}

void Destination::copy(const SourceTree& tree, const std::string& path, const std::string& name,
                       const std::vector<SourceEntry>& entries) {
    const bool whole_directory = S_ISDIR(entries.at(0).status.st_mode);
    const std::string place = whole_directory ? path_ : file_place(name);
    if (whole_directory) make_directories(path_);
    for (const auto& entry : entries) {
        image::throw_if_cancelled();
        if (whole_directory && entry.path.empty()) continue;
        const std::string to = join_path(place, entry.path);
        if (S_ISDIR(entry.status.st_mode))
            make_directory(to, entry);
        else if (S_ISREG(entry.status.st_mode))
            make_file(to, tree.open(join_path(path, entry.path)), entry.status);
        else
            make_other(to, entry);
    }
    finish_directories();
}

void Destination::make_directory(const std::string& path, const SourceEntry& entry) {
    const auto [parent, name] = image::split_path(path);
    const base::Dir dir = root_.open_dir(parent, Resolve::InRoot);
    if (::mkdirat(dir.fd(), name.c_str(), 0700) < 0) {
        if (errno != EEXIST) throw_errno("cannot make " + quoted(path));
        struct stat status {};
        if (::fstatat(dir.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISDIR(status.st_mode)) {
            throw Error(ErrorCode::InvalidArgument,
                        "cannot copy a directory over " + quoted(path) + ", which is none");
        }
    }
    directories_.push_back({path, entry.status});
}

void Destination::make_file(const std::string& path, const base::Fd& content,
                            const struct stat& status) {
    const auto [parent, name] = image::split_path(path);
    const base::Dir dir = root_.open_dir(parent, Resolve::InRoot);
    if (::unlinkat(dir.fd(), name.c_str(), 0) < 0 && errno != ENOENT) {
        throw_errno("cannot replace " + quoted(path) + " by a file");
    }
    const base::Fd made(::openat(dir.fd(), name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made) throw_errno("cannot make " + quoted(path));
    copy_content(content.get(), made.get());
    set_metadata(made.get(), status);
}

void Destination::make_other(const std::string& path, const SourceEntry& entry) {
    const auto [parent, name] = image::split_path(path);
    const base::Dir dir = root_.open_dir(parent, Resolve::InRoot);
    if (::unlinkat(dir.fd(), name.c_str(), 0) < 0 && errno != ENOENT) {
        throw_errno("cannot replace " + quoted(path));
    }
    const auto& status = entry.status;
    if (S_ISLNK(status.st_mode)) {
        if (::symlinkat(entry.target.c_str(), dir.fd(), name.c_str()) < 0) {
            throw_errno("cannot make the link " + quoted(path));
        }
    } else if (S_ISFIFO(status.st_mode)) {
        if (::mknodat(dir.fd(), name.c_str(), S_IFIFO | (status.st_mode & 07777), 0) < 0) {
            throw_errno("cannot make the FIFO " + quoted(path));
        }
    } else {
        throw Error(ErrorCode::InvalidArgument,
                    quoted(path) + " is a device or a socket, which is not copied");
    }
    const Owner owner = style_.owner.value_or(Owner{status.st_uid, status.st_gid});
    if (::fchownat(dir.fd(), name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0 ||
        ::utimensat(dir.fd(), name.c_str(), times_of(status).data(), AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot set owner and times of " + quoted(path));
    }
}

void Destination::set_metadata(int fd, const struct stat& status) const {
    const Owner owner = style_.owner.value_or(Owner{status.st_uid, status.st_gid});
    const mode_t mode = style_.mode.value_or(status.st_mode & 07777);
    // The owner first: a change of it takes set-user-ID bits away.
    if (::fchown(fd, owner.uid, owner.gid) < 0 || ::fchmod(fd, mode) < 0 ||
        ::futimens(fd, times_of(status).data()) < 0) {
        throw_errno("cannot set owner, mode and times of a copy");
    }
}

/// Innermost first, so that an outer one's time is not touched again.
void Destination::finish_directories() {
    for (auto at = directories_.rbegin(); at != directories_.rend(); ++at) {
        const base::Dir dir = root_.open_dir(at->path, Resolve::InRoot);
        set_metadata(dir.fd(), at->status);
    }
    directories_.clear();
}

} // namespace berth::build
