// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a thin pool's own metadata, as of a snapshot that the kernel holds meanwhile: which devices
// there are, and which blocks one does not share with its origin. Source: the kernel's
// drivers/md/dm-thin-metadata.c and persistent-data/dm-btree-internal.h.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <base/fd.hpp>

namespace berth::devicemapper {

class Metadata {
  public:
    /// `fd` is the metadata device or a copy of it, `root` the block the snapshot begins at.
    Metadata(base::Fd fd, std::uint64_t root);

    /// Numbers of all devices, in order.
    [[nodiscard]] std::vector<std::uint32_t> devices() const;
    /// Blocks mapped by `device` that `origin` does not map to the same place.
    [[nodiscard]] std::uint64_t exclusive_blocks(std::uint32_t device, std::uint32_t origin) const;
    /// Numbers of the blocks of either that the other does not map to the same place. Costs in
    /// proportion to what the two do not share.
    [[nodiscard]] std::set<std::uint64_t> differing_blocks(std::uint32_t device,
                                                           std::uint32_t origin) const;
    /// All blocks mapped by a device.
    [[nodiscard]] std::uint64_t mapped_blocks(std::uint32_t device) const;

  private:
    struct Node;
    using Places = std::map<std::uint64_t, std::uint64_t>; ///< of blocks by number
    /// What two devices map in parts of their trees that they do not share: device, origin.
    [[nodiscard]] std::pair<Places, Places> unshared(std::uint32_t device,
                                                     std::uint32_t origin) const;
    [[nodiscard]] std::vector<unsigned char> read_block(std::uint64_t block) const;
    [[nodiscard]] Node read_node(std::uint64_t block) const;
    [[nodiscard]] std::uint64_t mapping_of(std::uint32_t device) const;
    template <class Visit>
    void walk(std::uint64_t block, int depth, const Visit& visit) const;

    base::Fd fd_;
    std::uint64_t mapping_root_ = 0;
    std::uint64_t details_root_ = 0;
};

} // namespace berth::devicemapper
