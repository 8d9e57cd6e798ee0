// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.hpp"

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::uint64_t kSmallestLayer = std::uint64_t{64} << 20U;
constexpr std::uint64_t kSmallestXfs = std::uint64_t{300} << 20U;
constexpr std::uint64_t kSmallestMetadata = std::uint64_t{2} << 20U;

void read_size(const base::JsonView& view, const char* key, std::uint64_t smallest,
               std::uint64_t& size) {
    if (!view.has(key)) return;
    const auto parsed = base::parse_size(view.text(key));
    if (!parsed || *parsed < smallest || *parsed % kSector != 0) {
        view.fail(key, "must be a size of at least " + std::to_string(smallest >> 20U) +
                           " MiB, as \"20G\"");
    }
    size = *parsed;
}

std::string device(const base::JsonView& view, const char* key) {
    auto path = view.text(key);
    if (!path.empty() && path.compare(0, 5, "/dev/") != 0) {
        view.fail(key, "must be a block device below /dev");
    }
    return path;
}

Filesystem filesystem(const base::JsonView& view) {
    const auto name = view.text("filesystem");
    if (name.empty() || name == "ext4") return Filesystem::Ext4;
    if (name == "xfs") return Filesystem::Xfs;
    view.fail("filesystem", "must be \"ext4\" or \"xfs\"");
}

void check_place(const base::JsonView& view, const Settings& settings) {
    const int places = static_cast<int>(!settings.pool.empty()) +
                       static_cast<int>(!settings.data_device.empty()) +
                       static_cast<int>(settings.loopback);
    if (places > 1) {
        view.fail("pool", "is one of three places: name a pool, two devices, or loopback");
    }
    if (settings.data_device.empty() != settings.metadata_device.empty()) {
        view.fail("metadata-device", "and data-device go together");
    }
}

} // namespace

Settings parse_settings(const std::string& json) {
    const auto document =
        base::parse_json(json, 1U << 20U, "storage.devicemapper", ErrorCode::InvalidArgument);
    const base::JsonView view(document, "storage.devicemapper", ErrorCode::InvalidArgument);
    view.only({"pool", "data-device", "metadata-device", "loopback", "loopback-size",
               "loopback-metadata-size", "filesystem", "size", "refuse-above"});
    Settings settings;
    settings.pool = view.text("pool");
    settings.data_device = device(view, "data-device");
    settings.metadata_device = device(view, "metadata-device");
    settings.loopback = view.flag("loopback");
    settings.filesystem = filesystem(view);
    read_size(view, "loopback-size", kSmallestLayer, settings.loopback_size);
    read_size(view, "loopback-metadata-size", kSmallestMetadata, settings.loopback_metadata_size);
    read_size(view, "size", settings.filesystem == Filesystem::Xfs ? kSmallestXfs : kSmallestLayer,
              settings.size);
    if (view.has("refuse-above")) {
        const auto percent = view.number("refuse-above");
        if (percent < 10 || percent > 99) view.fail("refuse-above", "must be 10 to 99 percent");
        settings.refuse_above = static_cast<unsigned>(percent);
    }
    check_place(view, settings);
    return settings;
}

const char* filesystem_type(Filesystem filesystem) noexcept {
    return filesystem == Filesystem::Xfs ? "xfs" : "ext4";
}

} // namespace berth::devicemapper
