// SPDX-License-Identifier: LGPL-2.1-or-later
#include "garbage.hpp"

#include <base/dir.hpp>
#include <base/log.hpp>
#include <container/leftovers.hpp>

namespace berth::daemon {

std::vector<std::string> collect_layers(container::Engine& engine) {
    std::vector<std::string> removed;
    if (container::images_in_work(engine.store())) return removed;
    std::vector<LayerId> gone;
    for (const auto& layer : engine.store().unreferenced_layers()) {
        try {
            engine.plugins().storage(layer.driver).remove(layer.chain);
            gone.push_back(layer.chain);
            removed.push_back("sha256:" + layer.chain.str());
        } catch (const Error& error) {
            log::warning("layer '%s' stays: %s", layer.chain.brief().c_str(), error.what());
        }
    }
    engine.store().forget_layers(gone);
    return removed;
}

std::uint64_t collect_blobs(container::Engine& engine) {
    if (container::images_in_work(engine.store())) return 0;
    const auto used = engine.store().referenced_blobs();
    const base::Dir blobs = base::Dir::open(store::blob_dir());
    std::uint64_t freed = 0;
    for (const std::string& name : blobs.list()) {
        if (!is_hex64(name) || used.contains(Digest::from_hex(name))) continue;
        if (const auto status = blobs.stat(name)) {
            freed += static_cast<std::uint64_t>(status->st_blocks) * 512;
        }
        blobs.unlink(name);
    }
    return freed;
}

} // namespace berth::daemon
