// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pool.hpp"

#include "dm.hpp"
#include "loop.hpp"

#include <optional>
#include <tuple>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::uint64_t kBlockSectors = 128; ///< 64 KiB: what a first write to a place costs
constexpr std::uint64_t kLowWater = 1024;    ///< blocks left when the kernel raises an event
constexpr std::uint64_t kMaxMetadata = 16ULL << 30U; ///< the kernel uses no more

[[noreturn]] void strange_status(const std::string& text) {
    throw Error(ErrorCode::Corrupt,
                "the thin pool has the status '" + base::printable(text) + "', which none has");
}

std::uint64_t number(const std::string& text, const std::string& whole) {
    const auto value = base::parse_number(text);
    if (!value) strange_status(whole);
    return *value;
}

std::pair<std::uint64_t, std::uint64_t> fraction(const std::string& text,
                                                 const std::string& whole) {
    const auto parts = base::split(text, '/');
    if (parts.size() != 2) strange_status(whole);
    return {number(parts[0], whole), number(parts[1], whole)};
}

std::uint64_t percent(std::uint64_t used, std::uint64_t total) {
    return total == 0 ? 100 : used * 100 / total;
}

/// "META DATA BLOCK ...": the parameters of a thin pool.
struct Parameters {
    std::string metadata;
    std::string data;
    std::uint64_t block_sectors = 0;
};

Parameters parse_parameters(const std::string& text) {
    const auto words = base::split(text, ' ');
    if (words.size() < 3) strange_status(text);
    return {words[0], words[1], number(words[2], text)};
}

std::string format_parameters(const std::string& metadata, const std::string& data) {
    // A full pool fails writes instead of keeping their writers waiting.
    return metadata + " " + data + " " + std::to_string(kBlockSectors) + " " +
           std::to_string(kLowWater) + " 1 error_if_no_space";
}

/// "7:3" as "/dev/block/7:3", which udev or devtmpfs may not have: by sysfs' name.
std::string path_of(const std::string& device) {
    if (device.find(':') == std::string::npos) return device;
    std::string name(4096, '\0');
    const ssize_t length =
        ::readlink(("/sys/dev/block/" + device).c_str(), name.data(), name.size());
    if (length < 0) throw_errno("cannot find the device " + device);
    name.resize(static_cast<std::size_t>(length));
    return "/dev/" + name.substr(name.rfind('/') + 1);
}

} // namespace

PoolStatus parse_pool_status(const std::string& text) {
    PoolStatus status;
    const auto words = base::split(text, ' ');
    if (words.at(0) == "Fail" || words.at(0) == "Error") {
        status.failed = true;
        return status;
    }
    if (words.size() < 5) strange_status(text);
    status.transaction = number(words[0], text);
    std::tie(status.used_metadata, status.total_metadata) = fraction(words[1], text);
    std::tie(status.used_data, status.total_data) = fraction(words[2], text);
    if (words[3] != "-") status.held_root = number(words[3], text);
    for (std::size_t at = 4; at < words.size(); ++at) {
        status.read_only = status.read_only || words[at] == "ro";
        status.out_of_space = status.out_of_space || words[at] == "out_of_data_space";
        status.needs_check = status.needs_check || words[at] == "needs_check";
    }
    return status;
}

std::string refusal(const PoolStatus& status, unsigned refuse_above) {
    if (status.failed) return "the thin pool has failed: see the kernel's log for its devices";
    if (status.needs_check || status.read_only) {
        return "the thin pool's metadata need a check: stop all containers, remove the pool's "
               "device (dmsetup remove) and run thin_check and, if it says so, thin_repair on its "
               "metadata device";
    }
    const auto data = percent(status.used_data, status.total_data);
    const auto metadata = percent(status.used_metadata, status.total_metadata);
    if (!status.out_of_space && data < refuse_above && metadata < refuse_above) return {};
    const bool which = status.out_of_space || data >= refuse_above;
    return std::string("the thin pool's ") + (which ? "data" : "metadata") + " device is " +
           std::to_string(which ? data : metadata) + " % full, and new work is refused from " +
           std::to_string(refuse_above) +
           " % on; enlarge that device, or remove containers and images (berth system prune)";
}

std::string Pool::name() const {
    return settings_.pool.empty() ? "berth-" + tag_ + "-pool" : settings_.pool;
}

bool Pool::is_active() const {
    return dm::info(name()).has_value();
}

void Pool::open(bool is_new) const {
    if (is_active()) return grow();
    if (!settings_.pool.empty()) {
        throw Error(ErrorCode::NotFound, "the thin pool '" + settings_.pool +
                                             "' of storage.devicemapper.pool is not active; make "
                                             "it so before berth is used (lvchange -ay)");
    }
    make(is_new);
}

void Pool::make(bool is_new) const {
    std::string data = settings_.data_device;
    std::string metadata = settings_.metadata_device;
    std::optional<LoopDevice> data_loop;
    std::optional<LoopDevice> metadata_loop;
    if (settings_.loopback) {
        make_sparse_file(state_dir_ + "/data.img", settings_.loopback_size);
        make_sparse_file(state_dir_ + "/metadata.img", settings_.loopback_metadata_size);
        data_loop = attach_loop(state_dir_ + "/data.img");
        metadata_loop = attach_loop(state_dir_ + "/metadata.img");
        data = data_loop->path;
        metadata = metadata_loop->path;
    }
    for (const auto& device : {data, metadata}) {
        if (!is_new || is_blank(device)) continue;
        throw Error(ErrorCode::InvalidArgument,
                    "'" + device +
                        "' is not blank; berth makes its thin pool on devices that "
                        "hold nothing: wipe it (wipefs -a, and zeros over its first MiB) or name "
                        "another in [storage.devicemapper]");
    }
    dm::create(name(),
               {device_bytes(data) / kSector, "thin-pool", format_parameters(metadata, data)});
}

void Pool::grow() const {
    if (!settings_.pool.empty()) return; // whoever made it enlarges it
    auto table = dm::table(name());
    const auto parameters = parse_parameters(table.parameters);
    const auto data = path_of(parameters.data);
    const auto metadata = path_of(parameters.metadata);
    if (settings_.loopback) {
        make_sparse_file(state_dir_ + "/data.img", settings_.loopback_size);
        make_sparse_file(state_dir_ + "/metadata.img", settings_.loopback_metadata_size);
        refresh_loop(data);
        refresh_loop(metadata);
    }
    const auto status = parse_pool_status(dm::status(name()));
    const std::uint64_t sectors = device_bytes(data) / kSector;
    const std::uint64_t metadata_blocks = std::min(device_bytes(metadata), kMaxMetadata) / 4096;
    const bool data_grew = sectors / parameters.block_sectors > status.total_data;
    // The kernel takes whole groups of 255 entries and leaves a few blocks unused.
    const bool metadata_grew =
        !status.failed &&
        metadata_blocks > status.total_metadata + status.total_metadata / 16 + 256;
    if (!data_grew && !metadata_grew) return;
    table.sectors = sectors;
    dm::reload(name(), table);
}

PoolStatus Pool::status() const {
    return parse_pool_status(dm::status(name()));
}

std::uint64_t Pool::block_bytes() const {
    return parse_parameters(dm::table(name()).parameters).block_sectors * kSector;
}

std::string Pool::metadata_path() const {
    return path_of(parse_parameters(dm::table(name()).parameters).metadata);
}

void Pool::require_room() const {
    const auto reason = refusal(status(), settings_.refuse_above);
    if (!reason.empty()) throw Error(ErrorCode::Exhausted, reason);
}

void Pool::create_device(std::uint32_t device) const {
    dm::message(name(), "create_thin " + std::to_string(device));
}

void Pool::create_snapshot(std::uint32_t device, std::uint32_t origin,
                           const std::string& origin_name) const {
    base::Rollback resume;
    if (const auto info = dm::info(origin_name); info && !info->suspended) {
        dm::suspend(origin_name);
        resume.add([&] { dm::resume(origin_name); });
    }
    dm::message(name(), "create_snap " + std::to_string(device) + " " + std::to_string(origin));
}

void Pool::delete_device(std::uint32_t device) const {
    try {
        dm::message(name(), "delete " + std::to_string(device));
    } catch (const Error& error) {
        if (error.sys_errno() != ENODATA && error.sys_errno() != ENOENT) throw;
    }
}

void Pool::set_transaction(std::uint64_t from, std::uint64_t to) const {
    dm::message(name(), "set_transaction_id " + std::to_string(from) + " " + std::to_string(to));
}

void Pool::read_metadata(const std::function<void(const Metadata&)>& work) const {
    if (status().held_root != 0) dm::message(name(), "release_metadata_snap"); // a crash left it
    dm::message(name(), "reserve_metadata_snap");
    base::Rollback release;
    release.add([&] { dm::message(name(), "release_metadata_snap"); });
    // Past the page cache, which may still have what was there before.
    base::Fd fd(::open(metadata_path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot read the thin pool's metadata device");
    if (::ioctl(fd.get(), BLKFLSBUF, 0) < 0) throw_errno("cannot flush a device's cache");
    work(Metadata(std::move(fd), status().held_root));
}

std::string Pool::major_minor() const {
    const auto info = dm::info(name());
    if (!info) throw Error(ErrorCode::NotFound, "the thin pool '" + name() + "' is not active");
    return std::to_string(info->major) + ":" + std::to_string(info->minor);
}

} // namespace berth::devicemapper
