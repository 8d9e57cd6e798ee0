// SPDX-License-Identifier: LGPL-2.1-or-later
#include "target.hpp"

#include <array>
#include <climits>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr unsigned kMaxLinks = 40; // as the kernel's

/// Opens below `dir`; no symbolic link is followed anywhere on the way.
base::Fd open_plain(int dir, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    return base::Fd(static_cast<int>(::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how)));
}

std::pair<std::string, std::string> split_last(const std::string& path) {
    const auto slash = path.rfind('/');
    return {path.substr(0, slash), path.substr(slash + 1)};
}

/// Where a link at `name` leads to, as a path from the container's root; nothing if it is no link.
std::optional<std::string> link_target(const base::Dir& directory, const std::string& parent,
                                       const std::string& name) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = ::readlinkat(directory.fd(), name.c_str(), text.data(), text.size() - 1);
    if (length < 0) return std::nullopt;
    const std::string target(text.data(), static_cast<std::size_t>(length));
    return clean_path(target.front() == '/' ? target : parent + "/" + target);
}

/// A link that leads nowhere, as many images have for /etc/resolv.conf, gets what it leads to.
base::Fd make_file(const base::Dir& root, const std::string& path, unsigned links = 0) {
    const auto [parent, name] = split_last(path);
    const auto directory = root.make_dirs(parent, 0755, base::Resolve::InRoot);
    const base::Fd created(::openat(directory.fd(), name.c_str(),
                                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!created && errno != EEXIST) throw_errno("cannot make the mount point '" + path + "'");
    if (auto found = root.find_file(path, O_PATH, base::Resolve::InRoot)) return std::move(*found);
    const auto target = link_target(directory, parent, name);
    if (!target || *target == "/" || links >= kMaxLinks) {
        throw Error(ErrorCode::InvalidArgument,
                    "cannot mount on '" + path + "': it is a symbolic link that leads nowhere");
    }
    return make_file(root, *target, links + 1);
}

} // namespace

std::string clean_path(const std::string& path) {
    std::vector<std::string> parts;
    for (auto& part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(std::move(part));
        } else if (!parts.empty()) {
            parts.pop_back();
        }
    }
    return "/" + base::join(parts, "/");
}

base::Fd make_target(const base::Dir& root, const std::string& path, bool directory) {
    const auto place = clean_path(path);
    auto found = root.find_file(place, O_PATH, base::Resolve::InRoot);
    if (!found && directory) {
        static_cast<void>(root.make_dirs(place, 0755, base::Resolve::InRoot));
        found = root.open_file(place, O_PATH, 0, base::Resolve::InRoot);
    } else if (!found) {
        found = make_file(root, place);
    }
    struct stat status {};
    if (::fstat(found->get(), &status) < 0) throw_errno("cannot stat '" + place + "'");
    if (S_ISDIR(status.st_mode) != directory) {
        throw Error(ErrorCode::InvalidArgument,
                    "cannot mount on '" + place + "': " +
                        (directory ? "it is not a directory, and what is to be mounted is one"
                                   : "it is a directory, and what is to be mounted is a file"));
    }
    return std::move(*found);
}

base::Fd make_plain_directory(const base::Dir& root, const std::string& path) {
    base::Fd fd = open_plain(root.fd(), path, O_PATH | O_DIRECTORY);
    if (!fd && errno == ENOENT) {
        const auto [parent, name] = split_last(path);
        const base::Fd above =
            open_plain(root.fd(), parent.empty() ? "/" : parent, O_PATH | O_DIRECTORY);
        if (!above || (::mkdirat(above.get(), name.c_str(), 0755) < 0 && errno != EEXIST)) {
            throw_errno("cannot make the directory '" + path + "' in the container's root");
        }
        fd = open_plain(root.fd(), path, O_PATH | O_DIRECTORY);
    }
    if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
        throw Error(ErrorCode::Denied,
                    "'" + path +
                        "' in the container's root is not a directory, or a symbolic link leads "
                        "there; nothing is mounted on it",
                    errno);
    }
    if (!fd) throw_errno("cannot open '" + path + "' in the container's root");
    return fd;
}

long filesystem_type(int fd) {
    struct statfs status {};
    if (::fstatfs(fd, &status) < 0) throw_errno("cannot tell the type of a file system");
    return status.f_type;
}

base::Dir open_verified(const base::Dir& root, const std::string& path, long magic,
                        const char* filesystem) {
    base::Fd fd = open_plain(root.fd(), path, O_RDONLY | O_DIRECTORY);
    if (!fd) throw_errno("cannot open '" + path + "' in the container's root");
    if (filesystem_type(fd.get()) != magic) {
        throw Error(ErrorCode::Denied,
                    "'" + path + "' in the container's root is not " + filesystem);
    }
    return base::Dir(std::move(fd));
}

} // namespace berth::run
