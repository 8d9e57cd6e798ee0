// SPDX-License-Identifier: LGPL-2.1-or-later
// The thin pool: where it lies, whether it is active and well, and its devices by number.
#pragma once

#include "metadata.hpp"
#include "settings.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace berth::devicemapper {

struct PoolStatus {
    std::uint64_t transaction = 0;
    std::uint64_t used_metadata = 0; ///< blocks
    std::uint64_t total_metadata = 0;
    std::uint64_t used_data = 0;
    std::uint64_t total_data = 0;
    std::uint64_t held_root = 0; ///< block of the metadata snapshot that is held; 0: none
    bool read_only = false;
    bool failed = false;
    bool out_of_space = false;
    bool needs_check = false;
};

/// The status line of a thin-pool target. Corrupt for one it can't be.
[[nodiscard]] PoolStatus parse_pool_status(const std::string& text);

/// Why the pool can take no new work, and what to do; nothing if it can.
[[nodiscard]] std::string refusal(const PoolStatus& status, unsigned refuse_above);

class Pool {
  public:
    /// `tag` tells this state directory's devices from those of others.
    Pool(const Settings& settings, std::string state_dir, std::string tag)
        : settings_(settings), state_dir_(std::move(state_dir)), tag_(std::move(tag)) {}

    [[nodiscard]] std::string name() const;
    /// Makes it active, and takes in devices that have grown. `is_new`: the devices must be blank.
    /// Called under the pool's lock.
    void open(bool is_new) const;
    [[nodiscard]] bool is_active() const;
    [[nodiscard]] PoolStatus status() const;
    [[nodiscard]] std::uint64_t block_bytes() const;
    /// The device its metadata lie on.
    [[nodiscard]] std::string metadata_path() const;
    /// Exhausted, with what to do, beyond the threshold or when the pool is not well.
    void require_room() const;

    void create_device(std::uint32_t device) const;
    /// `origin_name` is suspended meanwhile if it is active.
    void create_snapshot(std::uint32_t device, std::uint32_t origin,
                         const std::string& origin_name) const;
    /// Harmless when there is no such device.
    void delete_device(std::uint32_t device) const;
    void set_transaction(std::uint64_t from, std::uint64_t to) const;
    /// Runs `work` on what the pool's metadata were a moment ago. Called under the pool's lock.
    void read_metadata(const std::function<void(const Metadata&)>& work) const;
    [[nodiscard]] std::string major_minor() const;

  private:
    void make(bool is_new) const;
    void grow() const;

    const Settings& settings_;
    std::string state_dir_;
    std::string tag_;
};

} // namespace berth::devicemapper
