// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree.hpp"

#include "dm.hpp"
#include "inodes.hpp"

#include <set>

#include <fcntl.h>
#include <unistd.h>

#include <base/log.hpp>
#include <base/mount.hpp>
#include <base/rollback.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

const MayDiffer kAnyMayDiffer = [](std::uint64_t /*inode*/) { return true; };

ReadDevice reader_of(const std::string& path) {
    return [path](std::uint64_t offset, std::size_t size) {
        const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        std::vector<unsigned char> bytes(size);
        const ssize_t count =
            fd ? ::pread(fd.get(), bytes.data(), size, static_cast<off_t>(offset)) : -1;
        if (count < 0) throw_errno("cannot read '" + path + "'");
        if (static_cast<std::size_t>(count) != size) {
            throw Error(ErrorCode::Corrupt, "the file system on '" + path + "' is cut off");
        }
        return bytes;
    };
}

} // namespace

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

TreePair::TreePair(const ThinStore& store, const LayerId& id)
    : store_(store), id_(id), tree_(store, id) {
    if (const auto parent = store.records().parent(id)) origin_.emplace(store, *parent);
}

std::optional<base::Dir> TreePair::origin() const {
    if (!origin_) return std::nullopt;
    return base::Dir(origin_->root().open_file(".", O_RDONLY | O_DIRECTORY));
}

tar::TreeChanges TreePair::changes() const {
    const auto beside = origin();
    return compare_trees(beside, root(), beside ? find_differing() : kAnyMayDiffer);
}

MayDiffer TreePair::find_differing() const {
    const auto name = store_.device_name(id_);
    const auto places = InodePlaces::read(store_.filesystem(), reader_of(dm::path(name)));
    if (!places) return kAnyMayDiffer;
    const auto parent = store_.records().parent(id_);
    const auto own = store_.device_of(id_).number;
    const auto other = store_.device_of(*parent).number;
    const auto session = store_.open();
    // A running container's file system keeps changes back: suspending its device freezes it, and
    // all that it knows is in its place.
    dm::suspend(name);
    dm::resume(name);
    std::set<std::uint64_t> blocks;
    store_.pool().read_metadata(
        [&](const Metadata& metadata) { blocks = metadata.differing_blocks(own, other); });
    return [places, blocks = std::move(blocks),
            bytes = store_.pool().block_bytes()](std::uint64_t inode) {
        const auto offset = places->offset(inode);
        return !offset || blocks.count(*offset / bytes) > 0;
    };
}

} // namespace berth::devicemapper
