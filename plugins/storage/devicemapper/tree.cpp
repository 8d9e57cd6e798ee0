// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree.hpp"

#include "dm.hpp"

#include <fcntl.h>

#include <base/log.hpp>
#include <base/mount.hpp>
#include <base/rollback.hpp>

namespace berth::devicemapper {

MountStep layer_step(const ThinStore& store, const LayerId& id, bool read_only) {
    const bool of_image = store.records().is_complete(id) && !store.records().is_container(id);
    const Access access = !read_only ? Access::Write : of_image ? Access::Frozen : Access::Look;
    return volume_step(dm::path(store.device_name(id)), store.filesystem(), access);
}

Tree::Tree(const ThinStore& store, const LayerId& id) : store_(store), id_(id) {
    store_.activate(id_);
    base::Rollback undo;
    undo.add([&] { store_.release(id_); });
    root_ = base::Dir(base::open_mounted({{layer_step(store_, id_, true)}}, "/"));
    undo.dismiss();
}

Tree::~Tree() {
    root_.reset();
    try {
        store_.release(id_);
    } catch (const std::exception& error) {
        log::warning("cannot let go of the layer '%s': %s", id_.str().c_str(), error.what());
    }
}

TreePair::TreePair(const ThinStore& store, const LayerId& id) : tree_(store, id) {
    if (const auto parent = store.records().parent(id)) origin_.emplace(store, *parent);
}

std::optional<base::Dir> TreePair::origin() const {
    if (!origin_) return std::nullopt;
    return base::Dir(origin_->root().open_file(".", O_RDONLY | O_DIRECTORY));
}

} // namespace berth::devicemapper
