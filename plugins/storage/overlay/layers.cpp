// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layers.hpp"

#include <array>
#include <climits>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

using base::Dir;
using base::Fd;

std::optional<std::string> read_link(const Dir& dir, const std::string& name) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(dir.fd(), name.c_str(), target.data(), target.size());
    if (length >= 0) return std::string(target.data(), static_cast<std::size_t>(length));
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot read the link '" + name + "'");
}

void make_directory(const Dir& dir, const std::string& name, mode_t mode) {
    if (::mkdirat(dir.fd(), name.c_str(), mode) < 0) {
        throw_errno("cannot make the directory '" + name + "'");
    }
    // Whatever the umask is.
    if (::fchmodat(dir.fd(), name.c_str(), mode, 0) < 0) throw_errno("cannot set a mode");
}

void make_empty_file(const Dir& dir, const std::string& name) {
    static_cast<void>(dir.open_file(name, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
}

/// "../<id>" as make() writes it.
LayerId parse_parent(const std::string& target, const LayerId& child) {
    if (target.compare(0, 3, "../") != 0 || !is_hex64(std::string_view(target).substr(3))) {
        throw Error(ErrorCode::Corrupt,
                    "the layer '" + child.str() + "' has a parent link that leads to no layer");
    }
    return LayerId(target.substr(3));
}

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

void copy_root(const struct stat& from, const Dir& to) {
    if (::fchown(to.fd(), from.st_uid, from.st_gid) < 0 ||
        ::fchmod(to.fd(), from.st_mode & 07777U) < 0) {
        throw_errno("cannot give the root of a layer its owner and mode");
    }
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, from.st_mtim};
    if (::futimens(to.fd(), times.data()) < 0) throw_errno("cannot set the time of a layer's root");
}

/// ext4 and xfs write names in order, so that the engine's own record, synced later, is never newer
/// than the layer it tells of. btrfs syncs files one by one.
bool keeps_order(const Dir& dir) {
    constexpr long kBtrfs = 0x9123683e;
    struct statfs status {};
    return ::fstatfs(dir.fd(), &status) == 0 && status.f_type != kBtrfs;
}

constexpr std::size_t kShortest = 8; ///< digits of a short name

} // namespace

std::string Layers::path(const LayerId& id) const {
    return state_dir_ + "/layers/" + id.str();
}
std::string Layers::diff_path(const LayerId& id) const {
    return path(id) + "/diff";
}
std::string Layers::work_path(const LayerId& id) const {
    return path(id) + "/work";
}

Dir Layers::open() const {
    Fd fd(::open((state_dir_ + "/layers").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) return Dir(std::move(fd));
    return Dir::open(state_dir_).make_dirs("layers", 0700);
}

Dir Layers::open_layer(const LayerId& id) const {
    Fd fd(::open(path(id).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
        throw Error(ErrorCode::NotFound, "there is no layer '" + id.str() + "'", ENOENT);
    }
    if (!fd) throw_errno("cannot open the layer '" + id.str() + "'");
    return Dir(std::move(fd));
}

Dir Layers::open_diff(const LayerId& id) const {
    return open_layer(id).open_dir("diff");
}

bool Layers::exists(const LayerId& id) const {
    return ::access(path(id).c_str(), F_OK) == 0;
}
bool Layers::is_container(const LayerId& id) const {
    return ::access((path(id) + "/container").c_str(), F_OK) == 0;
}
bool Layers::is_complete(const LayerId& id) const {
    return ::access((path(id) + "/complete").c_str(), F_OK) == 0 || is_container(id);
}

std::vector<LayerId> Layers::list() const {
    std::vector<LayerId> ids;
    for (const auto& name : open().list()) {
        if (is_hex64(name)) ids.emplace_back(name);
    }
    return ids;
}

std::optional<LayerId> Layers::parent(const LayerId& id) const {
    const auto target = read_link(open(), id.str() + "/parent");
    if (!target) return std::nullopt;
    return parse_parent(*target, id);
}

std::vector<LayerId> Layers::ancestors(const LayerId& id) const {
    const Dir layers = open();
    std::vector<LayerId> chain;
    for (LayerId at = id;;) {
        const auto target = read_link(layers, at.str() + "/parent");
        if (!target) return chain;
        at = parse_parent(*target, at);
        if (::faccessat(layers.fd(), at.str().c_str(), F_OK, 0) < 0) {
            throw Error(ErrorCode::Corrupt, "the layer '" + id.str() + "' stands on the layer '" +
                                                at.str() + "', which is missing");
        }
        chain.push_back(at);
        if (chain.size() > kMaxDepth) {
            throw Error(ErrorCode::Exhausted, "the layer '" + id.str() + "' has more than " +
                                                  std::to_string(kMaxDepth) +
                                                  " layers below it, the most overlayfs can stack");
        }
    }
}

std::vector<LayerId> Layers::children(const LayerId& id) const {
    const Dir layers = open();
    const std::string wanted = "../" + id.str();
    std::vector<LayerId> found;
    for (const auto& name : base::list_names(layers.fd())) {
        if (is_hex64(name) && read_link(layers, name + "/parent") == wanted) {
            found.emplace_back(name);
        }
    }
    return found;
}

void Layers::make(const LayerId& id, const std::optional<LayerId>& parent, LayerKind kind) const {
    const Dir layers = open();
    const std::string aside = ".new." + id.str() + "." + base::random_hex(4);
    base::Rollback undo;
    make_directory(layers, aside, 0700);
    undo.add([&] { layers.remove_tree(aside); });
    const Dir layer = layers.open_dir(aside);
    make_directory(layer, "diff", 0755);
    if (parent) {
        if (::symlinkat(("../" + parent->str()).c_str(), layer.fd(), "parent") < 0) {
            throw_errno("cannot link the layer '" + id.str() + "' to its parent");
        }
        set_inherits_root(layer.open_dir("diff"));
    }
    if (kind == LayerKind::Container) {
        make_directory(layer, "work", 0700);
        make_empty_file(layer, "container");
    }
    layers.rename(aside, id.str());
    undo.dismiss();
    if (!keeps_order(layers)) layers.sync();
}

std::string Layers::set_aside(const LayerId& id) const {
    const std::string aside = ".old." + id.str() + "." + base::random_hex(4);
    open().rename(id.str(), aside);
    return aside;
}

void Layers::sweep(const std::string& name) const {
    base::remove_tree(open().fd(), name);
}

void Layers::reset(const LayerId& id) const {
    const Dir layer = open_layer(id);
    layer.remove_tree("work");
    const Dir diff = layer.open_dir("diff");
    if (base::list_names(diff.fd()).empty()) return;
    base::remove_tree(layer.fd(), "diff");
    make_directory(layer, "diff", 0755);
    if (parent(id)) set_inherits_root(layer.open_dir("diff"));
}

void Layers::make_work(const LayerId& id) const {
    const Dir layer = open_layer(id);
    if (!layer.exists("work")) make_directory(layer, "work", 0700);
}

void Layers::mark_complete(const LayerId& id) const {
    const Dir layer = open_layer(id);
    make_empty_file(layer, "complete");
    layer.sync();
    // The name of the layer itself may be as new as its mark.
    open().sync();
}

void Layers::settle_root(const LayerId& id) const {
    const Dir diff = open_diff(id);
    if (!inherits_root(diff)) return;
    for (const auto& below : ancestors(id)) {
        if (!is_complete(below)) return;
        const Dir source = open_diff(below);
        if (inherits_root(source)) continue;
        copy_root(status_of(source), diff);
        ::fremovexattr(diff.fd(), kInheritRoot);
        return;
    }
}

std::string Layers::short_name(const LayerId& id) const {
    const Dir links = Dir::open(state_dir_).make_dirs("l", 0700);
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

void Layers::drop_short_names(const LayerId& id) const {
    const Fd fd(::open((state_dir_ + "/l").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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

std::vector<std::string> Layers::dangling_short_names() const {
    const Fd fd(::open((state_dir_ + "/l").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::vector<std::string> dangling;
    if (!fd) return dangling;
    for (const auto& name : base::list_names(fd.get())) {
        if (::faccessat(fd.get(), name.c_str(), F_OK, 0) < 0) dangling.push_back(name);
    }
    return dangling;
}

Fd Layers::lock(LockFile file, LockMode mode) const {
    const std::string name = state_dir_ + (file == LockFile::Names ? "/lock" : "/sweep.lock");
    Fd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw_errno("cannot open '" + name + "'");
    while (::flock(fd.get(), mode == LockMode::Shared ? LOCK_SH : LOCK_EX) < 0) {
        if (errno != EINTR) throw_errno("cannot lock '" + name + "'");
    }
    return fd;
}

} // namespace berth::overlay
