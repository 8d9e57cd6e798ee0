// SPDX-License-Identifier: LGPL-2.1-or-later
// libdevmapper as C++ calls: one device-mapper request each, udev waited for, failures as Errors.
// The library keeps state of its own, so that requests of one process are made one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace berth::devicemapper::dm {

struct Info {
    bool suspended = false;
    bool deferred_remove = false; ///< goes when its last user closes it
    int open_count = 0;
    unsigned major = 0;
    unsigned minor = 0;
};

struct Table {
    std::uint64_t sectors = 0;
    std::string target; ///< "thin", "thin-pool"
    std::string parameters;
};

/// "4.47.0": what the kernel speaks; Unsupported with a reason when there is no device-mapper.
[[nodiscard]] std::string driver_version();
/// Whether the kernel has a target, loading its module where that is allowed.
[[nodiscard]] bool has_target(const std::string& target);
[[nodiscard]] bool waits_for_udev();

/// Nothing when there is no such device.
[[nodiscard]] std::optional<Info> info(const std::string& name);
[[nodiscard]] Table table(const std::string& name);
/// What the target says of itself.
[[nodiscard]] std::string status(const std::string& name);

/// Makes a device and its node; harmless when it is there.
void create(const std::string& name, const Table& table);
/// Gives an active device another table.
void reload(const std::string& name, const Table& table);
enum class Removal { Now, WhenClosed };
/// Harmless when it is gone. Busy if it is open, for Removal::Now.
void remove(const std::string& name, Removal removal);
/// Takes back a removal that waits for the device to be closed.
void keep(const std::string& name);
void suspend(const std::string& name);
void resume(const std::string& name);
void message(const std::string& name, const std::string& text);

/// "/dev/mapper/NAME".
[[nodiscard]] std::string path(const std::string& name);

} // namespace berth::devicemapper::dm
