// SPDX-License-Identifier: LGPL-2.1-or-later
#include "branches.hpp"

#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/walk.hpp>
#include <base/xattr.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

using base::Dir;
using base::Fd;

constexpr std::size_t kShortest = 8; ///< digits of a short name

struct stat status_of(const Dir& dir) {
    struct stat status {};
    if (::fstat(dir.fd(), &status) < 0) throw_errno("cannot stat the root of a layer");
    return status;
}

bool inherits_root(const Dir& diff) {
    return ::fgetxattr(diff.fd(), kInheritRoot, nullptr, 0) >= 0;
}

void set_inherits_root(const Dir& diff) {
    if (::fsetxattr(diff.fd(), kInheritRoot, "y", 1, 0) < 0) {
        throw_errno("cannot mark the root of a layer");
    }
}

void copy_root(const Dir& from, const Dir& to) {
    const auto status = status_of(from);
    if (::fchown(to.fd(), status.st_uid, status.st_gid) < 0 ||
        ::fchmod(to.fd(), status.st_mode & 07777U) < 0) {
        throw_errno("cannot give the root of a layer its owner and mode");
    }
    base::copy_xattrs(from.fd(), to.fd(), "trusted.overlay.");
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, status.st_mtim};
    if (::futimens(to.fd(), times.data()) < 0) throw_errno("cannot set the time of a layer's root");
}

} // namespace

std::string Branches::diff_path(const LayerId& id) const {
    return path(id) + "/diff";
}
std::string Branches::work_path(const LayerId& id) const {
    return path(id) + "/work";
}

Dir Branches::open_diff(const LayerId& id) const {
    return open_layer(id).open_dir("diff");
}

void Branches::fill(const Dir& layer, bool has_parent, bool with_work) const {
    make_directory(layer, "diff", 0755);
    if (has_parent) set_inherits_root(layer.open_dir("diff"));
    if (with_work) make_directory(layer, "work", 0700);
}

void Branches::reset(const LayerId& id) const {
    const Dir layer = open_layer(id);
    layer.remove_tree("work");
    const Dir diff = layer.open_dir("diff");
    if (base::list_names(diff.fd()).empty()) return;
    base::remove_tree(layer.fd(), "diff");
    fill(layer, parent(id).has_value(), false);
}

void Branches::make_work(const LayerId& id) const {
    const Dir layer = open_layer(id);
    if (!layer.exists("work")) make_directory(layer, "work", 0700);
}

void Branches::settle_root(const LayerId& id) const {
    const Dir diff = open_diff(id);
    if (!inherits_root(diff)) return;
    for (const auto& below : ancestors(id)) {
        if (!is_complete(below)) return;
        const Dir source = open_diff(below);
        if (inherits_root(source)) continue;
        copy_root(source, diff);
        ::fremovexattr(diff.fd(), kInheritRoot);
        return;
    }
}

bool Branches::has_own_root(const LayerId& id) const {
    const Dir diff = open_diff(id);
    if (inherits_root(diff)) return false;
    const auto below = parent(id);
    if (!below) return true;
    settle_root(*below);
    const auto mine = status_of(diff);
    const auto theirs = status_of(open_diff(*below));
    return mine.st_mode != theirs.st_mode || mine.st_uid != theirs.st_uid ||
           mine.st_gid != theirs.st_gid || mine.st_mtim.tv_sec != theirs.st_mtim.tv_sec ||
           mine.st_mtim.tv_nsec != theirs.st_mtim.tv_nsec;
}

std::string Branches::short_name(const LayerId& id) const {
    const Dir links = Dir::open(state_dir()).make_dirs("l", 0700);
    const std::string target = "../layers/" + id.str() + "/diff";
    for (std::size_t digits = kShortest; digits <= id.str().size(); ++digits) {
        std::string name = id.str().substr(0, digits);
        if (::symlinkat(target.c_str(), links.fd(), name.c_str()) == 0) return name;
        if (errno != EEXIST)
            throw_errno("cannot make the short name of the layer '" + id.str() + "'");
        if (read_link(links, name) == target) return name;
    }
    throw Error(ErrorCode::Corrupt, "the layer '" + id.str() + "' can't get a short name");
}

void Branches::drop_short_names(const LayerId& id) const {
    const Fd fd(::open((state_dir() + "/l").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return;
    const Dir links(fd.duplicate());
    const std::string target = "../layers/" + id.str() + "/diff";
    for (std::size_t digits = kShortest; digits <= id.str().size(); ++digits) {
        const std::string name = id.str().substr(0, digits);
        const auto found = read_link(links, name);
        if (!found) return;
        if (found == target) return links.unlink(name);
    }
}

std::vector<std::string> Branches::dangling_short_names() const {
    const Fd fd(::open((state_dir() + "/l").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::vector<std::string> dangling;
    if (!fd) return dangling;
    for (const auto& name : base::list_names(fd.get())) {
        if (::faccessat(fd.get(), name.c_str(), F_OK, 0) < 0) dangling.push_back(name);
    }
    return dangling;
}

} // namespace berth::layers
