// SPDX-License-Identifier: LGPL-2.1-or-later
#include "disk_usage.hpp"

#include <map>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include <base/fd.hpp>
#include <base/log.hpp>
#include <base/walk.hpp>
#include <container/layers.hpp>
#include <container/state.hpp>
#include <container/volumes.hpp>

namespace berth::container {

namespace {

constexpr std::uint64_t kBlock = 512; // of st_blocks, stat(2)

std::uint64_t allocated(const struct stat& status) {
    return static_cast<std::uint64_t>(status.st_blocks) * kBlock;
}

std::uint64_t layer_size(Engine& engine, const std::string& driver, const LayerId& layer) {
    try {
        return engine.plugins().storage(driver).usage(layer).bytes;
    } catch (const Error& error) {
        log::debug("no usage of layer '%s': %s", layer.str().c_str(), error.what());
        return 0; // `system check` tells about it
    }
}

std::uint64_t blob_size(const Digest& blob) {
    struct stat status {};
    return ::stat(store::blob_path(blob).c_str(), &status) == 0 ? allocated(status) : 0;
}

/// Layers and blobs of images by size; sums of what several share count once.
class ImageSizes {
  public:
    explicit ImageSizes(Engine& engine) : engine_(engine) {}

    /// Bytes of one image, and adds its parts to the total.
    std::uint64_t add(const store::ImageRecord& image, bool used) {
        std::uint64_t size =
            part("blob " + image.id.str(), used, [&] { return blob_size(image.id); });
        size +=
            part("blob " + image.manifest.str(), used, [&] { return blob_size(image.manifest); });
        for (const auto& layer : engine_.store().image_layers(image.id)) {
            size += part("blob " + layer.blob.str(), used, [&] { return blob_size(layer.blob); });
            size += part("layer " + layer.chain.str(), used,
                         [&] { return layer_size(engine_, layer.driver, layer.chain); });
        }
        return size;
    }
    [[nodiscard]] std::uint64_t total() const { return sum(false); }
    [[nodiscard]] std::uint64_t unused() const { return sum(true); }

  private:
    struct Part {
        std::uint64_t size = 0;
        bool used = false;
    };

    template <class Measure>
    std::uint64_t part(const std::string& key, bool used, const Measure& measure) {
        auto [entry, added] = parts_.try_emplace(key);
        if (added) entry->second.size = measure();
        entry->second.used = entry->second.used || used;
        return entry->second.size;
    }
    [[nodiscard]] std::uint64_t sum(bool unused_only) const {
        std::uint64_t bytes = 0;
        for (const auto& [key, part] : parts_) {
            if (!unused_only || !part.used) bytes += part.size;
        }
        return bytes;
    }

    Engine& engine_;
    std::map<std::string, Part> parts_;
};

using Rows = std::vector<UsageRow>;

void add_images(Engine& engine, bool verbose, Rows& rows) {
    std::set<std::string> in_use;
    for (const auto& record : engine.store().containers())
        in_use.insert(record.image_id);
    UsageRow total{.type = "images"};
    ImageSizes sizes(engine);
    Rows single;
    for (const auto& image : engine.store().images()) {
        const bool used = in_use.contains(image.id.str());
        const auto names = engine.store().references(image.id);
        const std::uint64_t size = sizes.add(image, used);
        ++total.count;
        if (used) ++total.active;
        single.push_back({.type = "images",
                          .name = names.empty() ? image.id.brief() : names.front(),
                          .count = 1,
                          .active = used ? 1U : 0U,
                          .size = size,
                          .reclaimable = used ? 0 : size});
    }
    total.size = sizes.total();
    total.reclaimable = sizes.unused();
    rows.push_back(total);
    if (verbose) rows.insert(rows.end(), single.begin(), single.end());
}

void add_single(Rows& rows, UsageRow& total, Rows& single, bool verbose) {
    for (const auto& row : single) {
        total.count += row.count;
        total.active += row.active;
        total.size += row.size;
        total.reclaimable += row.reclaimable;
    }
    rows.push_back(total);
    if (verbose) rows.insert(rows.end(), single.begin(), single.end());
}

UsageRow used_row(const char* type, std::string name, std::uint64_t size, bool active) {
    return {.type = type,
            .name = std::move(name),
            .count = 1,
            .active = active ? 1U : 0U,
            .size = size,
            .reclaimable = active ? 0 : size};
}

void add_containers(Engine& engine, bool verbose, Rows& rows) {
    UsageRow total{.type = "containers"};
    Rows single;
    for (const auto& record : engine.store().containers()) {
        const std::uint64_t size = layer_size(engine, record.storage_driver, layer_of(record.id)) +
                                   tree_size(store::container_dir(record.id));
        const auto state = condition_of(record, engine.units().status(record.unit)).state;
        single.push_back(used_row("containers", record.name, size, is_active(state)));
    }
    add_single(rows, total, single, verbose);
}

void add_volumes(Engine& engine, bool verbose, Rows& rows) {
    UsageRow total{.type = "volumes"};
    Rows single;
    for (const auto& volume : engine.store().volumes()) {
        const bool used = !engine.store().volume_users(volume.name).empty();
        single.push_back(
            used_row("volumes", volume.name, tree_size(store::volume_dir(volume.name)), used));
    }
    add_single(rows, total, single, verbose);
}

} // namespace

std::uint64_t tree_size(const std::string& path) {
    const base::Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!root) return 0;
    struct stat status {};
    if (::fstat(root.get(), &status) < 0) throw_errno("cannot stat '" + path + "'");
    std::uint64_t bytes = allocated(status);
    std::set<std::pair<dev_t, ino_t>> linked;
    base::walk_tree(root.get(), [&](const base::WalkEntry& entry) {
        const bool several = !S_ISDIR(entry.status.st_mode) && entry.status.st_nlink > 1;
        const bool again =
            several && !linked.emplace(entry.status.st_dev, entry.status.st_ino).second;
        if (!again) bytes += allocated(entry.status);
        return true;
    });
    return bytes;
}

std::vector<UsageRow> disk_usage(Engine& engine, bool verbose) {
    Rows rows;
    add_images(engine, verbose, rows);
    add_containers(engine, verbose, rows);
    add_volumes(engine, verbose, rows);
    return rows;
}

} // namespace berth::container
