// SPDX-License-Identifier: LGPL-2.1-or-later
// A tree as text, one line a file, all that a layer has to keep: two trees are equal if their
// snapshots are.
#pragma once

#include <array>
#include <climits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>

namespace berth::test {

struct SnapshotOptions {
    bool root = true;                   ///< a line for the root directory
    bool dir_times = true;              ///< modification times of directories
    bool seconds_only = false;          ///< cut times to seconds
    std::set<std::string> without_time; ///< paths whose time nobody promises
};

namespace detail {

inline std::string describe_xattrs(int fd) {
    const std::string file = base::fd_path(fd);
    std::array<char, 65536> names{};
    const ssize_t length = ::listxattr(file.c_str(), names.data(), names.size());
    std::set<std::string> lines;
    if (length > 0) {
        for (const auto& name :
             base::split({names.data(), static_cast<std::size_t>(length)}, '\0')) {
            if (name.empty() || name.rfind("trusted.overlay.", 0) == 0) continue;
            if (name.rfind("trusted.berth.", 0) == 0 || name == "security.selinux") continue;
            std::string value(65536, '\0');
            const ssize_t size = ::getxattr(file.c_str(), name.c_str(), value.data(), value.size());
            value.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
            lines.insert(name + "=" + base::sha256(value).brief());
        }
    }
    std::string text;
    for (const auto& line : lines)
        text += " " + line;
    return text;
}

inline std::string describe_content(int dir, const std::string& name, const struct stat& status) {
    if (S_ISREG(status.st_mode)) {
        const base::Fd fd(::openat(dir, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (status.st_size > (64 << 20)) return " large " + std::to_string(status.st_size);
        return " " + std::to_string(status.st_size) + " " +
               base::sha256(base::read_all(fd.get(), 1U << 27U, name)).brief();
    }
    if (S_ISLNK(status.st_mode)) {
        std::array<char, PATH_MAX> target{};
        const ssize_t size = ::readlinkat(dir, name.c_str(), target.data(), target.size());
        return " -> " + std::string(target.data(), static_cast<std::size_t>(size));
    }
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
        return " " + std::to_string(major(status.st_rdev)) + ":" +
               std::to_string(minor(status.st_rdev));
    }
    return {};
}

} // namespace detail

/// Lines "path mode uid:gid time content xattrs", and who is a hard link of whom.
inline std::map<std::string, std::string> snapshot(int root, const SnapshotOptions& options = {}) {
    std::map<std::string, std::string> lines;
    std::map<std::pair<dev_t, ino_t>, std::string> first;
    const auto describe = [&](int dir, const std::string& name, const std::string& path,
                              const struct stat& status) {
        std::array<char, 128> head{};
        const bool timed = (options.dir_times || !S_ISDIR(status.st_mode)) &&
                           options.without_time.count(path) == 0;
        const long nanoseconds = options.seconds_only ? 0 : status.st_mtim.tv_nsec;
        std::snprintf(head.data(), head.size(), "%06o %u:%u %lld.%09ld", status.st_mode,
                      status.st_uid, status.st_gid,
                      timed ? static_cast<long long>(status.st_mtim.tv_sec) : 0LL,
                      timed ? nanoseconds : 0L);
        const base::Fd fd(::openat(dir, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        std::string line = head.data() + detail::describe_content(dir, name, status) +
                           detail::describe_xattrs(fd.get());
        if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) {
            const auto [at, is_new] = first.try_emplace({status.st_dev, status.st_ino}, path);
            if (!is_new) line += " == " + at->second;
        }
        lines["/" + path] = line;
    };
    if (options.root) {
        struct stat status {};
        ::fstat(root, &status);
        describe(root, ".", "", status);
    }
    base::walk_tree(root, [&](const base::WalkEntry& entry) {
        describe(entry.dir, entry.name, entry.path, entry.status);
        return true;
    });
    return lines;
}

inline std::map<std::string, std::string> snapshot(const std::string& path,
                                                   const SnapshotOptions& options = {}) {
    return snapshot(base::Dir::open(path).fd(), options);
}

/// What is in one and not, or not so, in the other; empty for equal trees.
inline std::string difference(const std::map<std::string, std::string>& left,
                              const std::map<std::string, std::string>& right) {
    std::string text;
    for (const auto& [path, line] : left) {
        const auto other = right.find(path);
        if (other != right.end() && other->second == line) continue;
        text += "- " + path + " " + line + "\n";
    }
    for (const auto& [path, line] : right) {
        const auto other = left.find(path);
        if (other != left.end() && other->second == line) continue;
        text += "+ " + path + " " + line + "\n";
    }
    return text;
}

} // namespace berth::test
