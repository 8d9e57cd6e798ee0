// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devicemapper.hpp"

#include "../layers/unpack.hpp"
#include "check.hpp"
#include "compare.hpp"
#include "dm.hpp"
#include "probe.hpp"
#include "status.hpp"
#include "tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <berth/error.hpp>

namespace berth::devicemapper {

using LockFile = layers::Records::LockFile;
using LockMode = layers::Records::LockMode;

namespace {

constexpr const char* kFilled = "filled";

/// What a device has taken is on disk from here on, the pool's own metadata included.
void flush(const std::string& device) {
    const base::Fd fd(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) < 0) throw_errno("cannot make '" + device + "' durable");
}

} // namespace

Probe Devicemapper::probe() {
    return devicemapper::probe(store_.settings());
}

StorageTraits Devicemapper::traits() const {
    StorageTraits traits;
    traits.quota = true;
    traits.devices = true;
    traits.max_depth = store_.records().limit().layers;
    return traits;
}

std::vector<std::pair<std::string, std::string>> Devicemapper::status() const {
    return describe(store_);
}

void Devicemapper::create(const LayerId& id, const std::optional<LayerId>& parent,
                          const LayerOptions& options) {
    const auto& records = store_.records();
    const auto making = records.lock(LockFile::Sweep, LockMode::Shared);
    const auto names = records.lock(LockFile::Names, LockMode::Exclusive);
    auto session = store_.open();
    if (records.exists(id) && !records.is_complete(id)) store_.remove_layer(session, id);
    static_cast<void>(records.admit(id, parent, options.kind));
    // A snapshot has what its origin has: no layer can stand on one that is still being filled.
    if (parent && !records.is_complete(*parent) && records.open_layer(*parent).exists(kFilled)) {
        throw Error(ErrorCode::Busy, "the layer '" + parent->str() + "' is not complete yet");
    }
    store_.make_layer(session, id, parent, options);
}

/// A snapshot taken when its origin was not whole yet, or filled before, is taken anew.
void Devicemapper::make_empty(const LayerId& id) const {
    const auto& records = store_.records();
    const auto names = records.lock(LockFile::Names, LockMode::Exclusive);
    auto session = store_.open();
    const auto parent = records.parent(id);
    store_.remove_layer(session, id);
    store_.make_layer(session, id, parent, {});
    layers::make_empty_file(records.open_layer(id), kFilled);
}

Applied Devicemapper::apply(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    const auto& records = store_.records();
    records.require_changeable(id);
    records.require_complete_ancestors(id);
    make_empty(id);
    tar::ApplyOptions options;
    options.max_bytes = max_bytes;
    if (records.parent(id)) options.whiteouts = tar::WhiteoutStyle::Delete;
    const auto mount = plan(id, false);
    return layers::unpack(mount, records.state_dir(), tar_fd, options).applied;
}

Applied Devicemapper::apply_on_parents(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    return apply(id, tar_fd, max_bytes);
}

void Devicemapper::complete(const LayerId& id) {
    const auto& records = store_.records();
    if (records.is_complete(id)) return;
    static_cast<void>(records.open_layer(id));
    records.require_complete_ancestors(id);
    store_.activate(id);
    flush(dm::path(store_.device_name(id)));
    store_.release(id);
    records.mark_complete(id);
}

bool Devicemapper::is_complete(const LayerId& id) {
    return store_.records().is_complete(id);
}

std::vector<LayerId> Devicemapper::list() {
    return store_.records().list();
}

void Devicemapper::diff(const LayerId& id, int tar_fd) {
    const TreePair pair(store_, id);
    tar::write_tree_changes(pair.root().fd(), tar_fd, pair.changes(),
                            {roots_differ(pair.origin(), pair.root())});
}

std::vector<Change> Devicemapper::changes(const LayerId& id) {
    const TreePair pair(store_, id);
    std::vector<Change> list;
    for (const auto& [path, kind] : pair.changes())
        list.push_back({kind, "/" + path});
    return list;
}

MountPlan Devicemapper::plan(const LayerId& id, bool read_only) const {
    store_.activate(id);
    return {{layer_step(store_, id, read_only)}};
}

MountPlan Devicemapper::mount_plan(const LayerId& id, bool read_only) {
    const auto& records = store_.records();
    static_cast<void>(records.open_layer(id));
    if (!read_only) {
        if (!records.is_container(id)) records.require_changeable(id);
        records.require_complete_ancestors(id);
    } else {
        static_cast<void>(records.ancestors(id));
    }
    return plan(id, read_only);
}

void Devicemapper::deactivate(const LayerId& id) {
    store_.release(id);
}

void Devicemapper::remove(const LayerId& id) {
    const auto& records = store_.records();
    const auto removing = records.lock(LockFile::Sweep, LockMode::Shared);
    const auto names = records.lock(LockFile::Names, LockMode::Exclusive);
    if (!records.exists(id)) return;
    records.require_unused(id);
    auto session = store_.open();
    store_.remove_layer(session, id);
}

Usage Devicemapper::usage(const LayerId& id) {
    const auto& records = store_.records();
    const auto device = store_.device_of(id);
    const auto parent = records.parent(id);
    const std::uint32_t origin = parent ? store_.device_of(*parent).number : 0;
    const auto session = store_.open();
    Usage usage;
    store_.pool().read_metadata([&](const Metadata& metadata) {
        usage.bytes =
            metadata.exclusive_blocks(device.number, origin) * store_.pool().block_bytes();
    });
    return usage;
}

std::vector<Finding> Devicemapper::check(bool repair, const std::vector<LayerId>& in_use) {
    return check_store(store_, repair, in_use);
}

} // namespace berth::devicemapper
