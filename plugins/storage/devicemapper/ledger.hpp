// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin's own record of the pool's transactions: one file, replaced whole and synced.
//
// What is going to be done is written here first, under the next transaction number; then it is
// done in the pool and among the layers; then the pool's transaction id is raised to that number,
// which the kernel commits together with its metadata. So the pool's id says whether the last entry
// happened: equal, and it did; one less, and it was cut off and is undone or finished.
#pragma once

#include "settings.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include <berth/id.hpp>

namespace berth::devicemapper {

struct Entry {
    enum class Operation {
        Format, ///< makes the empty file system that lowest layers are snapshots of
        Create, ///< makes `device` for `layer`
        Remove, ///< takes away `device` of `layer`
        None,   ///< raised the number only
    };
    std::uint64_t number = 0;
    Operation operation = Operation::None;
    std::string layer; ///< its id, empty for Format
    std::uint32_t device = 0;
    std::uint32_t next_device = 1; ///< no device of the pool has this number or a higher one
    Filesystem filesystem = Filesystem::Ext4; ///< of all layers
    std::uint64_t sectors = 0;                ///< of the empty file system

    friend bool operator==(const Entry& left, const Entry& right) = default;
};

enum class Agreement {
    Fresh,       ///< no entry yet, and a pool that has done nothing
    Settled,     ///< the last entry happened
    Interrupted, ///< it was begun and may or may not have been done
    Strange,     ///< the pool is another one, or one of the two is an old copy
};

/// How a pool's transaction id and the last entry fit.
[[nodiscard]] Agreement compare(const std::optional<Entry>& entry, std::uint64_t pool_transaction);

[[nodiscard]] std::string format_entry(const Entry& entry);
/// Corrupt for what format_entry() never wrote.
[[nodiscard]] Entry parse_entry(const std::string& text);

class Ledger {
  public:
    explicit Ledger(std::string state_dir) : state_dir_(std::move(state_dir)) {}

    [[nodiscard]] std::optional<Entry> read() const;
    /// Durable when it returns.
    void write(const Entry& entry) const;

  private:
    std::string state_dir_;
};

} // namespace berth::devicemapper
