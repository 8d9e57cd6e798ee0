// SPDX-License-Identifier: LGPL-2.1-or-later
// Sparse files as block devices, for pools that are only tried out.
#pragma once

#include <cstdint>
#include <string>

#include <base/fd.hpp>

namespace berth::devicemapper {

/// A loop device that goes when the last one lets go of it: whoever holds `fd`, or the pool.
struct LoopDevice {
    base::Fd fd;
    std::string path;
};

/// Makes the file when missing, and enlarges it to `size`; never cuts it.
void make_sparse_file(const std::string& path, std::uint64_t size);
[[nodiscard]] LoopDevice attach_loop(const std::string& file);
/// Tells a loop device that its file has grown.
void refresh_loop(const std::string& device);

/// Of a block device.
[[nodiscard]] std::uint64_t device_bytes(const std::string& device);
/// Whether a device begins with nothing but zeros, so that nothing is lost by writing to it.
[[nodiscard]] bool is_blank(const std::string& device);

} // namespace berth::devicemapper
