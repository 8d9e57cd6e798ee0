// SPDX-License-Identifier: LGPL-2.1-or-later
#include "branch_view.hpp"

#include <fcntl.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

using tar::Mark;

constexpr int kDirFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

enum class Found { File, Directory, Hidden, Nothing };

Found look(const tar::Marks& marks, int dir, const std::string& name) {
    struct stat status {};
    if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        const auto kind = marks.read(name, status).kind;
        if (kind != Mark::Kind::File) return Found::Hidden;
        return S_ISDIR(status.st_mode) ? Found::Directory : Found::File;
    }
    return marks.hides(dir, name) ? Found::Hidden : Found::Nothing;
}

} // namespace

BranchView::BranchView(const Branches& branches, const std::vector<LayerId>& nearest_first,
                       const tar::Marks& marks)
    : marks_(marks) {
    for (const auto& id : nearest_first) {
        roots_.push_back(branches.open_diff(id).open_file(".", O_RDONLY | O_DIRECTORY));
        parts_.push_back(roots_.back().duplicate());
    }
}

bool BranchView::has(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    enter(slash == std::string::npos ? "" : path.substr(0, slash));
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    for (const auto& part : parts_) {
        const Found found = look(marks_, part.get(), name);
        if (found != Found::Nothing) return found != Found::Hidden;
    }
    return false;
}

void BranchView::enter(const std::string& dir) {
    if (dir == dir_) return;
    Parts parts;
    for (const auto& root : roots_)
        parts.push_back(root.duplicate());
    for (const auto& name : base::split(dir, '/')) {
        if (!name.empty()) parts = descend(parts, name);
    }
    dir_ = dir;
    parts_ = std::move(parts);
}

BranchView::Parts BranchView::descend(const Parts& parts, const std::string& name) const {
    Parts inner;
    for (const auto& part : parts) {
        const Found found = look(marks_, part.get(), name);
        if (found == Found::Nothing) continue;
        // What is nearer hides what is no directory, and a file hides all directories.
        if (found != Found::Directory) break;
        base::Fd fd(::openat(part.get(), name.c_str(), kDirFlags));
        if (!fd) throw_errno("cannot open a directory of a layer");
        const bool opaque = marks_.is_opaque(fd.get());
        inner.push_back(std::move(fd));
        if (opaque) break;
    }
    return inner;
}

} // namespace berth::layers
