// SPDX-License-Identifier: LGPL-2.1-or-later
// Where a file system keeps its inodes: which of them lie in a part of the device that changed.
// Source: the kernel's Documentation/filesystems/ext4/, xfs_format.h.
#pragma once

#include "settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace berth::devicemapper {

/// Reads bytes of a device: all that were asked for.
using ReadDevice =
    std::function<std::vector<unsigned char>(std::uint64_t offset, std::size_t size)>;

class InodePlaces {
  public:
    /// Nothing for a layout that it does not know.
    [[nodiscard]] static std::optional<InodePlaces> read(Filesystem filesystem,
                                                         const ReadDevice& device);

    /// The byte of the device the inode begins at; nothing for a number no inode has.
    [[nodiscard]] std::optional<std::uint64_t> offset(std::uint64_t inode) const;

  private:
    /// Of ext4: tables of equal length, one a group. Of xfs: a part of the number is the place.
    std::vector<std::uint64_t> tables_;
    std::uint64_t inodes_a_table_ = 0;
    std::uint64_t inode_bytes_ = 0;
    std::uint64_t group_blocks_ = 0;
    unsigned block_bits_ = 0;
    unsigned group_bits_ = 0;        ///< of the number, for the place in a group
    unsigned inodes_block_bits_ = 0; ///< of these, for the place in a block

    [[nodiscard]] static std::optional<InodePlaces> read_ext4(const ReadDevice& device);
    [[nodiscard]] static std::optional<InodePlaces> read_xfs(const ReadDevice& device);
};

} // namespace berth::devicemapper
