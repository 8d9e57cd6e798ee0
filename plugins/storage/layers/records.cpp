// SPDX-License-Identifier: LGPL-2.1-or-later
#include "records.hpp"

#include <array>
#include <climits>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

using base::Dir;
using base::Fd;

/// "../<id>" as make() writes it.
LayerId parse_parent(const std::string& target, const LayerId& child) {
    if (target.compare(0, 3, "../") != 0 || !is_hex64(std::string_view(target).substr(3))) {
        throw Error(ErrorCode::Corrupt,
                    "the layer '" + child.str() + "' has a parent link that leads to no layer");
    }
    return LayerId(target.substr(3));
}

/// ext4 and xfs write names in order, so that the engine's own record, synced later, is never newer
/// than the layer it tells of. btrfs syncs files one by one.
bool keeps_order(const Dir& dir) {
    constexpr long kBtrfs = 0x9123683e;
    struct statfs status {};
    return ::fstatfs(dir.fd(), &status) == 0 && status.f_type != kBtrfs;
}

} // namespace

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
    if (::fchmodat(dir.fd(), name.c_str(), mode, 0) < 0) throw_errno("cannot set a mode");
}

void make_empty_file(const Dir& dir, const std::string& name) {
    static_cast<void>(dir.open_file(name, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
}

std::string Records::path(const LayerId& id) const {
    return state_dir_ + "/layers/" + id.str();
}

Dir Records::open() const {
    Fd fd(::open((state_dir_ + "/layers").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) return Dir(std::move(fd));
    return Dir::open(state_dir_).make_dirs("layers", 0700);
}

Dir Records::open_layer(const LayerId& id) const {
    Fd fd(::open(path(id).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
        throw Error(ErrorCode::NotFound, "there is no layer '" + id.str() + "'", ENOENT);
    }
    if (!fd) throw_errno("cannot open the layer '" + id.str() + "'");
    return Dir(std::move(fd));
}

bool Records::exists(const LayerId& id) const {
    return ::access(path(id).c_str(), F_OK) == 0;
}
bool Records::is_container(const LayerId& id) const {
    return ::access((path(id) + "/container").c_str(), F_OK) == 0;
}
bool Records::is_complete(const LayerId& id) const {
    return ::access((path(id) + "/complete").c_str(), F_OK) == 0 || is_container(id);
}

std::vector<LayerId> Records::list() const {
    std::vector<LayerId> ids;
    for (const auto& name : open().list()) {
        if (is_hex64(name)) ids.emplace_back(name);
    }
    return ids;
}

std::optional<LayerId> Records::parent(const LayerId& id) const {
    const auto target = read_link(open(), id.str() + "/parent");
    if (!target) return std::nullopt;
    return parse_parent(*target, id);
}

std::vector<LayerId> Records::ancestors(const LayerId& id) const {
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
        if (chain.size() > limit_.layers) {
            throw Error(ErrorCode::Exhausted, "the layer '" + id.str() + "' has more than " +
                                                  std::to_string(limit_.layers) +
                                                  " layers below it; " + limit_.whose);
        }
    }
}

std::vector<LayerId> Records::children(const LayerId& id) const {
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

std::optional<std::string> Records::admit(const LayerId& id, const std::optional<LayerId>& parent,
                                          LayerKind kind) const {
    if (exists(id) && is_complete(id)) {
        throw Error(ErrorCode::Exists, "the layer '" + id.str() + "' exists already");
    }
    if (parent && !exists(*parent)) {
        throw Error(ErrorCode::NotFound, "there is no layer '" + parent->str() + "' to build on");
    }
    // An image's layer is itself one of the layers below what is mounted.
    const unsigned itself = kind == LayerKind::Image ? 1 : 0;
    if (parent && ancestors(*parent).size() + 1 + itself > limit_.layers) {
        throw Error(ErrorCode::Exhausted, "the layer '" + parent->str() +
                                              "' can't have another on top: " + limit_.whose +
                                              "; flatten the image");
    }
    if (kind == LayerKind::Container && parent && !is_complete(*parent)) {
        throw Error(ErrorCode::Busy, "the layer '" + parent->str() +
                                         "' is not complete, so no container can stand on it yet");
    }
    if (!exists(id)) return std::nullopt;
    return set_aside(id);
}

void Records::make(const LayerId& id, const std::optional<LayerId>& parent, LayerKind kind,
                   const std::function<void(const Dir&)>& fill) const {
    const Dir layers = open();
    const std::string aside = ".new." + id.str() + "." + base::random_hex(4);
    base::Rollback undo;
    make_directory(layers, aside, 0700);
    undo.add([&] { layers.remove_tree(aside); });
    const Dir layer = layers.open_dir(aside);
    if (parent && ::symlinkat(("../" + parent->str()).c_str(), layer.fd(), "parent") < 0) {
        throw_errno("cannot link the layer '" + id.str() + "' to its parent");
    }
    if (kind == LayerKind::Container) make_empty_file(layer, "container");
    fill(layer);
    layers.rename(aside, id.str());
    undo.dismiss();
    if (!keeps_order(layers)) layers.sync();
}

void Records::require_unused(const LayerId& id) const {
    if (is_container(id)) return;
    const auto above = children(id);
    if (above.empty()) return;
    throw Error(ErrorCode::Busy, "the layer '" + id.str() + "' is in use by " +
                                     std::to_string(above.size()) + " other(s), the first '" +
                                     above[0].str() + "'");
}

void Records::require_changeable(const LayerId& id) const {
    static_cast<void>(open_layer(id));
    if (is_complete(id)) {
        throw Error(ErrorCode::Busy,
                    "the layer '" + id.str() + "' is complete, nothing can be unpacked into it");
    }
}

void Records::require_complete_ancestors(const LayerId& id) const {
    for (const auto& below : ancestors(id)) {
        if (is_complete(below)) continue;
        throw Error(ErrorCode::Busy,
                    "the layer '" + below.str() + "' below '" + id.str() + "' is not complete yet");
    }
}

std::string Records::set_aside(const LayerId& id) const {
    const std::string aside = ".old." + id.str() + "." + base::random_hex(4);
    open().rename(id.str(), aside);
    return aside;
}

void Records::sweep(const std::string& name) const {
    base::remove_tree(open().fd(), name);
}

void Records::mark_complete(const LayerId& id) const {
    const Dir layer = open_layer(id);
    make_empty_file(layer, "complete");
    layer.sync();
    // The name of the layer itself may be as new as its mark.
    open().sync();
}

Fd Records::lock(LockFile file, LockMode mode) const {
    const std::string name = state_dir_ + (file == LockFile::Names ? "/lock" : "/sweep.lock");
    Fd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw_errno("cannot open '" + name + "'");
    while (::flock(fd.get(), mode == LockMode::Shared ? LOCK_SH : LOCK_EX) < 0) {
        if (errno != EINTR) throw_errno("cannot lock '" + name + "'");
    }
    return fd;
}

} // namespace berth::layers
