// SPDX-License-Identifier: LGPL-2.1-or-later
// The table [storage.devicemapper] of berth.toml.
#pragma once

#include <cstdint>
#include <string>

namespace berth::devicemapper {

/// Bytes: device-mapper counts in sectors of this size, whatever the disk's own are.
inline constexpr std::uint64_t kSector = 512;

enum class Filesystem { Ext4, Xfs };

struct Settings {
    std::string pool;        ///< an existing thin pool's device-mapper name
    std::string data_device; ///< or two block devices to make one on
    std::string metadata_device;
    bool loopback = false; ///< or sparse files in the state directory
    std::uint64_t loopback_size = std::uint64_t{100} << 30U;
    std::uint64_t loopback_metadata_size = std::uint64_t{2} << 30U;
    Filesystem filesystem = Filesystem::Ext4;
    std::uint64_t size = std::uint64_t{10} << 30U; ///< bytes a layer can hold, its parents included
    unsigned refuse_above = 90;                    ///< percent of the pool in use

    /// Whether it says where the pool is to be.
    [[nodiscard]] bool has_place() const noexcept {
        return !pool.empty() || !data_device.empty() || loopback;
    }
};

/// InvalidArgument names the key that is wrong.
[[nodiscard]] Settings parse_settings(const std::string& json);

[[nodiscard]] const char* filesystem_type(Filesystem filesystem) noexcept; ///< "ext4", "xfs"

} // namespace berth::devicemapper
