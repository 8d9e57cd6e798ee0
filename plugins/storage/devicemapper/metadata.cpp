// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata.hpp"

#include <set>
#include <string>

#include <unistd.h>

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::uint64_t kMagic = 27022010;
constexpr std::size_t kMagicAt = 32;
constexpr std::size_t kMappingRootAt = 320;
constexpr std::size_t kDetailsRootAt = 328;
constexpr std::uint32_t kLeaf = 2;
constexpr std::size_t kNodeHeader = 32;
constexpr int kDeepest = 16; ///< of any tree the kernel makes

[[noreturn]] void corrupt(const std::string& why) {
    throw Error(ErrorCode::Corrupt, "the thin pool's metadata " + why);
}

std::uint64_t number(const std::vector<unsigned char>& block, std::size_t at, std::size_t size) {
    if (at + size > block.size()) corrupt("end early");
    std::uint64_t value = 0;
    for (std::size_t byte = size; byte > 0; --byte)
        value = value << 8U | block[at + byte - 1];
    return value;
}

} // namespace

/// One node of a B-tree: keys and, of each, the first eight bytes of its value.
struct Metadata::Node {
    bool leaf = false;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;
};

Metadata::Metadata(base::Fd fd, std::uint64_t root) : fd_(std::move(fd)) {
    const auto block = read_block(root);
    if (number(block, kMagicAt, 8) != kMagic) corrupt("have no superblock where one must be");
    mapping_root_ = number(block, kMappingRootAt, 8);
    details_root_ = number(block, kDetailsRootAt, 8);
}

std::vector<unsigned char> Metadata::read_block(std::uint64_t block) const {
    std::vector<unsigned char> bytes(kBlock);
    const ssize_t count =
        ::pread(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(block * kBlock));
    if (count < 0) throw_errno("cannot read the thin pool's metadata");
    if (static_cast<std::size_t>(count) != bytes.size()) corrupt("are cut off");
    return bytes;
}

Metadata::Node Metadata::read_node(std::uint64_t block) const {
    const auto bytes = read_block(block);
    if (number(bytes, 8, 8) != block) corrupt("have a node in the wrong place");
    const auto entries = number(bytes, 16, 4);
    const auto capacity = number(bytes, 20, 4);
    const auto value_size = number(bytes, 24, 4);
    if (entries > capacity || capacity > kBlock / 8 || value_size < 8 || value_size > kBlock) {
        corrupt("have a node that contradicts itself");
    }
    Node node{.leaf = (number(bytes, 4, 4) & kLeaf) != 0, .entries = {}};
    for (std::size_t at = 0; at < entries; ++at) {
        node.entries.emplace_back(number(bytes, kNodeHeader + at * 8, 8),
                                  number(bytes, kNodeHeader + capacity * 8 + at * value_size, 8));
    }
    return node;
}

/// `visit(block, node)` says whether to go on below.
template <class Visit>
void Metadata::walk(std::uint64_t block, int depth, const Visit& visit) const {
    if (depth > kDeepest) corrupt("have a tree that is too deep");
    const Node node = read_node(block);
    if (node.leaf) return visit.leaf(node);
    for (const auto& [key, child] : node.entries) {
        if (visit.enters(child)) walk(child, depth + 1, visit);
    }
}

namespace {

template <class Leaf, class Enters>
struct Visitor {
    Leaf leaf;
    Enters enters;
};
template <class Leaf, class Enters>
Visitor(Leaf, Enters) -> Visitor<Leaf, Enters>;

constexpr auto kEverywhere = [](std::uint64_t) { return true; };

/// A mapping's value is the block and, in its low bits, when it was made.
constexpr std::uint64_t place(std::uint64_t value) {
    return value >> 24U;
}

} // namespace

std::vector<std::uint32_t> Metadata::devices() const {
    std::vector<std::uint32_t> found;
    walk(details_root_, 0,
         Visitor{[&](const Node& node) {
                     for (const auto& entry : node.entries)
                         found.push_back(static_cast<std::uint32_t>(entry.first));
                 },
                 kEverywhere});
    return found;
}

std::uint64_t Metadata::mapping_of(std::uint32_t device) const {
    std::uint64_t root = 0;
    walk(mapping_root_, 0,
         Visitor{[&](const Node& node) {
                     for (const auto& [key, value] : node.entries) {
                         if (key == device) root = value;
                     }
                 },
                 kEverywhere});
    if (root == 0) {
        throw Error(ErrorCode::NotFound, "the thin pool has no device " + std::to_string(device));
    }
    return root;
}

std::uint64_t Metadata::mapped_blocks(std::uint32_t device) const {
    std::uint64_t count = 0;
    walk(mapping_of(device), 0,
         Visitor{[&](const Node& node) { count += node.entries.size(); }, kEverywhere});
    return count;
}

std::pair<Metadata::Places, Metadata::Places> Metadata::unshared(std::uint32_t device,
                                                                 std::uint32_t origin) const {
    std::pair<Places, Places> found;
    const auto own_root = mapping_of(device);
    const auto origin_root = mapping_of(origin);
    if (own_root == origin_root) return found;
    const auto collect = [](Places& places) {
        return [&places](const Node& node) {
            for (const auto& [key, value] : node.entries)
                places.emplace(key, place(value));
        };
    };
    std::set<std::uint64_t> nodes{own_root};
    walk(own_root, 0,
         Visitor{[](const Node&) {},
                 [&](std::uint64_t block) { return nodes.insert(block).second; }});
    std::set<std::uint64_t> shared;
    walk(origin_root, 0, Visitor{collect(found.second), [&](std::uint64_t block) {
                                     if (nodes.count(block) == 0) return true;
                                     shared.insert(block);
                                     return false;
                                 }});
    walk(own_root, 0, Visitor{collect(found.first), [&](std::uint64_t block) {
                                  return shared.count(block) == 0;
                              }});
    return found;
}

std::uint64_t Metadata::exclusive_blocks(std::uint32_t device, std::uint32_t origin) const {
    const auto [own, theirs] = unshared(device, origin);
    std::uint64_t count = 0;
    for (const auto& [block, where] : own) {
        const auto same = theirs.find(block);
        if (same == theirs.end() || same->second != where) ++count;
    }
    return count;
}

std::set<std::uint64_t> Metadata::differing_blocks(std::uint32_t device,
                                                   std::uint32_t origin) const {
    const auto [own, theirs] = unshared(device, origin);
    std::set<std::uint64_t> blocks;
    const auto add = [&](const Places& these, const Places& others) {
        for (const auto& [block, where] : these) {
            const auto same = others.find(block);
            if (same == others.end() || same->second != where) blocks.insert(block);
        }
    };
    add(own, theirs);
    add(theirs, own);
    return blocks;
}

} // namespace berth::devicemapper
