// SPDX-License-Identifier: LGPL-2.1-or-later
#include "walk.hpp"

#include <algorithm>

#include <dirent.h>
#include <fcntl.h>

#include <base/handle.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::base {

namespace {

using DirStream = Handle<DIR, ::closedir>;

constexpr std::size_t kOpenLevels = 64;
constexpr int kDirFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct stat status_of(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) throw_errno("cannot stat a directory");
    return status;
}

/// What is still to be looked at in one directory.
struct Pending {
    std::vector<std::string> names; ///< the next one last
    WalkEntry self;
};

/// Calls `use` with each entry but "." and "..".
template <class Use>
void read_directory(int dir, const Use& use) {
    Fd copy(::openat(dir, ".", kDirFlags));
    if (!copy) throw_errno("cannot open a directory to list it");
    const DirStream stream(::fdopendir(copy.get()));
    if (!stream) throw_errno("cannot list a directory");
    static_cast<void>(copy.release());
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream.get());
        if (entry == nullptr) break;
        const std::string_view name = static_cast<const char*>(entry->d_name);
        if (name != "." && name != "..") use(*entry);
    }
    if (errno != 0) throw_errno("cannot list a directory");
}

std::string path_below(const WalkEntry& dir, const std::string& name) {
    return dir.path.empty() ? name : dir.path + "/" + name;
}

/// The next one last.
std::vector<std::string> names_to_visit(int dir, const WalkEntry& self, const Wanted& wanted) {
    std::vector<std::string> names;
    read_directory(dir, [&](const dirent& listed) {
        WalkEntry entry;
        entry.name = static_cast<const char*>(listed.d_name);
        if (wanted) {
            entry.dir = dir;
            entry.path = path_below(self, entry.name);
            entry.status.st_ino = listed.d_ino;
            entry.status.st_mode = DTTOIF(listed.d_type);
            if (!wanted(entry)) return;
        }
        names.push_back(std::move(entry.name));
    });
    std::sort(names.begin(), names.end(), std::greater<>());
    return names;
}

/// Removes what is no directory at once; false for a directory with something in it.
bool remove_quickly(int dir, const std::string& name) {
    if (::unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) {
        throw_errno("cannot remove '" + printable(name) + "'");
    }
    if (::unlinkat(dir, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) {
        throw_errno("cannot remove the directory '" + printable(name) + "'");
    }
    return false;
}

} // namespace

DirStack::DirStack(int root) {
    Fd fd(::openat(root, ".", kDirFlags));
    if (!fd) throw_errno("cannot open a directory");
    const auto status = status_of(fd.get());
    levels_.push_back({std::move(fd), status.st_dev, status.st_ino});
}

void DirStack::push(const std::string& name) {
    Fd child(::openat(fd(), name.c_str(), kDirFlags));
    if (!child) throw_errno("cannot open the directory '" + printable(name) + "'");
    const auto status = status_of(child.get());
    levels_.push_back({std::move(child), status.st_dev, status.st_ino});
    if (levels_.size() > kOpenLevels) levels_[levels_.size() - 1 - kOpenLevels].fd.reset();
}

void DirStack::pop() {
    auto& above = levels_[levels_.size() - 2];
    if (!above.fd) {
        Fd parent(::openat(fd(), "..", kDirFlags));
        if (!parent) throw_errno("cannot go back up in a deep tree");
        const auto status = status_of(parent.get());
        if (status.st_dev != above.device || status.st_ino != above.inode) {
            throw Error(ErrorCode::Busy, "a directory was moved while its tree was read");
        }
        above.fd = std::move(parent);
    }
    levels_.pop_back();
}

std::vector<std::string> list_names(int dir) {
    std::vector<std::string> names;
    read_directory(dir, [&](const dirent& entry) {
        names.emplace_back(static_cast<const char*>(entry.d_name));
    });
    return names;
}

void walk_tree(int root, const Visit& enter, const Leave& leave, const Wanted& wanted) {
    DirStack stack(root);
    std::vector<Pending> pending;
    pending.push_back({names_to_visit(stack.fd(), {}, wanted), {}});
    while (!pending.empty()) {
        auto& level = pending.back();
        if (level.names.empty()) {
            const WalkEntry done = std::move(level.self);
            pending.pop_back();
            if (pending.empty()) return;
            stack.pop();
            if (leave) {
                WalkEntry left = done;
                left.dir = stack.fd();
                leave(left);
            }
            continue;
        }
        WalkEntry entry;
        entry.dir = stack.fd();
        entry.name = std::move(level.names.back());
        level.names.pop_back();
        entry.path = path_below(level.self, entry.name);
        if (::fstatat(entry.dir, entry.name.c_str(), &entry.status, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno == ENOENT) continue; // removed since the directory was listed
            throw_errno("cannot stat '" + printable(entry.path) + "'");
        }
        if (!enter(entry) || !S_ISDIR(entry.status.st_mode)) continue;
        stack.push(entry.name);
        auto names = names_to_visit(stack.fd(), entry, wanted);
        pending.push_back({std::move(names), std::move(entry)});
    }
}

void empty_directory(int dir) {
    DirStack stack(dir);
    std::vector<std::vector<std::string>> pending{list_names(stack.fd())};
    for (;;) {
        auto& names = pending.back();
        if (names.empty()) {
            pending.pop_back();
            if (pending.empty()) return;
            stack.pop(); // its last name is the directory that is empty now
            if (!remove_quickly(stack.fd(), pending.back().back())) {
                throw Error(ErrorCode::Busy,
                            "something is added to a directory while it is removed");
            }
            pending.back().pop_back();
        } else if (remove_quickly(stack.fd(), names.back())) {
            names.pop_back();
        } else {
            stack.push(names.back());
            pending.push_back(list_names(stack.fd()));
        }
    }
}

void remove_tree(int dir, const std::string& name) {
    if (remove_quickly(dir, name)) return;
    {
        const Fd top(::openat(dir, name.c_str(), kDirFlags));
        if (!top) throw_errno("cannot open '" + printable(name) + "' to remove it");
        empty_directory(top.get());
    }
    if (!remove_quickly(dir, name)) {
        throw Error(ErrorCode::Busy,
                    "something is added to '" + printable(name) + "' while it is removed");
    }
}

} // namespace berth::base
