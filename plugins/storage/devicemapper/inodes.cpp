// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inodes.hpp"

namespace berth::devicemapper {

namespace {

using Bytes = std::vector<unsigned char>;

std::uint64_t little(const Bytes& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t byte = size; byte > 0; --byte)
        value = value << 8U | bytes.at(at + byte - 1);
    return value;
}

std::uint64_t big(const Bytes& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t byte = 0; byte < size; ++byte)
        value = value << 8U | bytes.at(at + byte);
    return value;
}

constexpr std::uint64_t kExt4SuperOffset = 1024;
constexpr std::size_t kSuperBytes = 1024;
constexpr std::uint64_t kExt4Magic = 0xef53;
constexpr std::uint64_t kExt4MetaGroups = 0x10; ///< descriptors lie in many places
constexpr std::uint64_t kExt4Wide = 0x80;       ///< descriptors have 64 bytes
constexpr std::uint64_t kXfsMagic = 0x58465342;
constexpr std::uint64_t kMostGroups = 1U << 20U;

} // namespace

std::optional<InodePlaces> InodePlaces::read_ext4(const ReadDevice& device) {
    const auto super = device(kExt4SuperOffset, kSuperBytes);
    const auto incompatible = little(super, 0x60, 4);
    const auto log_block = little(super, 0x18, 4);
    if (little(super, 0x38, 2) != kExt4Magic || log_block > 6) return std::nullopt;
    if ((incompatible & kExt4MetaGroups) != 0) return std::nullopt;
    const bool wide = (incompatible & kExt4Wide) != 0;
    const std::uint64_t descriptor = wide ? little(super, 0xfe, 2) : 32;
    InodePlaces places;
    places.block_bits_ = static_cast<unsigned>(10 + log_block);
    places.inodes_a_table_ = little(super, 0x28, 4);
    places.inode_bytes_ = little(super, 0x58, 2);
    if (places.inodes_a_table_ == 0 || descriptor < (wide ? 64U : 32U)) return std::nullopt;
    const auto groups = little(super, 0, 4) / places.inodes_a_table_;
    if (groups > kMostGroups) return std::nullopt;
    const auto first = (little(super, 0x14, 4) + 1) << places.block_bits_;
    const auto table = device(first, static_cast<std::size_t>(groups * descriptor));
    for (std::uint64_t group = 0; group < groups; ++group) {
        const auto at = static_cast<std::size_t>(group * descriptor);
        const auto block = little(table, at + 8, 4) | (wide ? little(table, at + 40, 4) << 32U : 0);
        places.tables_.push_back(block << places.block_bits_);
    }
    return places;
}

std::optional<InodePlaces> InodePlaces::read_xfs(const ReadDevice& device) {
    const auto super = device(0, kSuperBytes);
    if (big(super, 0, 4) != kXfsMagic) return std::nullopt;
    InodePlaces places;
    places.group_blocks_ = big(super, 84, 4);
    places.inode_bytes_ = big(super, 104, 2);
    places.block_bits_ = static_cast<unsigned>(big(super, 120, 1));
    places.inodes_block_bits_ = static_cast<unsigned>(big(super, 123, 1));
    places.group_bits_ = static_cast<unsigned>(big(super, 124, 1)) + places.inodes_block_bits_;
    if (places.block_bits_ > 16 || places.inodes_block_bits_ > 16 || places.group_bits_ > 48) {
        return std::nullopt;
    }
    return places;
}

std::optional<InodePlaces> InodePlaces::read(Filesystem filesystem, const ReadDevice& device) {
    return filesystem == Filesystem::Xfs ? read_xfs(device) : read_ext4(device);
}

std::optional<std::uint64_t> InodePlaces::offset(std::uint64_t inode) const {
    if (inodes_a_table_ != 0) {
        if (inode == 0) return std::nullopt;
        const auto group = (inode - 1) / inodes_a_table_;
        if (group >= tables_.size()) return std::nullopt;
        return tables_[group] + (inode - 1) % inodes_a_table_ * inode_bytes_;
    }
    const auto group = inode >> group_bits_;
    const auto in_group = inode & ((std::uint64_t{1} << group_bits_) - 1);
    const auto block = in_group >> inodes_block_bits_;
    const auto in_block = in_group & ((std::uint64_t{1} << inodes_block_bits_) - 1);
    return ((group * group_blocks_ + block) << block_bits_) + in_block * inode_bytes_;
}

} // namespace berth::devicemapper
