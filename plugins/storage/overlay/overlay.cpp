// SPDX-License-Identifier: LGPL-2.1-or-later
#include "overlay.hpp"

#include "../tar/diff.hpp"
#include "../tar/usage.hpp"
#include "changes.hpp"
#include "check.hpp"
#include "plan.hpp"
#include "probe.hpp"
#include "unpack.hpp"

#include <unistd.h>

#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

using LockFile = Layers::LockFile;
using LockMode = Layers::LockMode;

Probe Overlay::probe() {
    return overlay::probe(layers_.state_dir());
}

StorageTraits Overlay::traits() const {
    StorageTraits traits;
    traits.independent_layers = true;
    traits.max_depth = kMaxDepth;
    return traits;
}

std::vector<std::pair<std::string, std::string>> Overlay::status() const {
    return {{"Backing Filesystem", filesystem_name(layers_.state_dir())},
            {"Supports d_type", "true"},
            {"Native Overlay Diff", "true"},
            {"Mount API", kernel_takes_layers_one_by_one() ? "lowerdir+" : "classic"}};
}

void Overlay::create(const LayerId& id, const std::optional<LayerId>& parent,
                     const LayerOptions& options) {
    if (options.size_limit != 0) {
        throw Error(ErrorCode::Unsupported,
                    "the storage driver 'overlay' can't limit the size of a layer; leave out the "
                    "storage option 'size'");
    }
    const auto making = layers_.lock(LockFile::Sweep, LockMode::Shared);
    const auto names = layers_.lock(LockFile::Names, LockMode::Shared);
    if (layers_.exists(id)) {
        if (layers_.is_complete(id)) {
            throw Error(ErrorCode::Exists, "the layer '" + id.str() + "' exists already");
        }
        layers_.sweep(layers_.set_aside(id));
    }
    if (parent && !layers_.exists(*parent)) {
        throw Error(ErrorCode::NotFound, "there is no layer '" + parent->str() + "' to build on");
    }
    if (parent && layers_.ancestors(*parent).size() + 1 >= kMaxDepth) {
        throw Error(ErrorCode::Exhausted, "the layer '" + parent->str() +
                                              "' can't have another on top: overlayfs stacks at "
                                              "most " +
                                              std::to_string(kMaxDepth) + "; flatten the image");
    }
    if (options.kind == LayerKind::Container && parent && !layers_.is_complete(*parent)) {
        throw Error(ErrorCode::Busy, "the layer '" + parent->str() +
                                         "' is not complete, so no container can stand on it yet");
    }
    layers_.make(id, parent, options.kind);
    if (options.kind == LayerKind::Container) layers_.settle_root(id);
}

void Overlay::require_changeable(const LayerId& id) const {
    static_cast<void>(layers_.open_layer(id));
    if (layers_.is_complete(id)) {
        throw Error(ErrorCode::Busy,
                    "the layer '" + id.str() + "' is complete, nothing can be unpacked into it");
    }
}

void Overlay::require_complete_ancestors(const LayerId& id) const {
    for (const auto& below : layers_.ancestors(id)) {
        if (layers_.is_complete(below)) continue;
        throw Error(ErrorCode::Busy,
                    "the layer '" + below.str() + "' below '" + id.str() + "' is not complete yet");
    }
}

Applied Overlay::apply(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    require_changeable(id);
    layers_.reset(id);
    return unpack_alone(layers_, id, tar_fd, max_bytes);
}

Applied Overlay::apply_on_parents(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    require_changeable(id);
    require_complete_ancestors(id);
    layers_.reset(id);
    return unpack_on_parents(layers_, id, tar_fd, max_bytes);
}

void Overlay::complete(const LayerId& id) {
    if (layers_.is_complete(id)) return;
    const auto diff = layers_.open_diff(id);
    layers_.settle_root(id);
    layers_.open_layer(id).remove_tree("work");
    if (::syncfs(diff.fd()) < 0) throw_errno("cannot make the layer '" + id.str() + "' durable");
    layers_.mark_complete(id);
}

bool Overlay::is_complete(const LayerId& id) {
    return layers_.is_complete(id);
}

std::vector<LayerId> Overlay::list() {
    return layers_.list();
}

void Overlay::diff(const LayerId& id, int tar_fd) {
    const auto diff = layers_.open_diff(id);
    tar::write_overlay_diff(diff.fd(), tar_fd, {has_own_root(layers_, id)});
}

std::vector<Change> Overlay::changes(const LayerId& id) {
    return find_changes(layers_, id);
}

MountPlan Overlay::mount_plan(const LayerId& id, bool read_only) {
    static_cast<void>(layers_.open_layer(id));
    const auto ancestors = layers_.ancestors(id);
    if (read_only) {
        layers_.settle_root(id);
    } else {
        if (!layers_.is_container(id)) require_changeable(id);
        require_complete_ancestors(id);
        layers_.make_work(id);
    }
    return make_plan(layers_, id, ancestors, read_only);
}

void Overlay::deactivate(const LayerId& /*id*/) {}

void Overlay::remove_layer(const LayerId& id) const {
    std::string aside;
    {
        const auto names = layers_.lock(LockFile::Names, LockMode::Exclusive);
        if (!layers_.exists(id)) return;
        if (!layers_.is_container(id)) {
            const auto children = layers_.children(id);
            if (!children.empty()) {
                throw Error(ErrorCode::Busy, "the layer '" + id.str() + "' is in use by " +
                                                 std::to_string(children.size()) +
                                                 " other(s), the first '" + children[0].str() +
                                                 "'");
            }
        }
        layers_.drop_short_names(id);
        aside = layers_.set_aside(id);
    }
    layers_.sweep(aside);
}

void Overlay::remove(const LayerId& id) {
    const auto removing = layers_.lock(LockFile::Sweep, LockMode::Shared);
    remove_layer(id);
}

Usage Overlay::usage(const LayerId& id) {
    return tar::measure(layers_.open_diff(id).fd());
}

std::vector<Finding> Overlay::check(bool repair, const std::vector<LayerId>& in_use) {
    return check_layers(layers_, repair, in_use);
}

} // namespace berth::overlay
