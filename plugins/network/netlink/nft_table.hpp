// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes to one nf_tables table of family inet, done all or none, and what is in it. The kernel
// runs one transaction at a time, so processes need no lock among themselves for a single one.
// Source: linux/netfilter/nf_tables.h; libnftnl.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <netlink/nft_rule.hpp>
#include <netlink/socket.hpp>

namespace berth::netlink {

// The types by which `nft list` prints keys and data (nftables, datatype.h).
inline constexpr std::uint32_t kNftIpv4 = 7;
inline constexpr std::uint32_t kNftIpv6 = 8;
inline constexpr std::uint32_t kNftProtocol = 12;
inline constexpr std::uint32_t kNftPort = 13;
inline constexpr std::uint32_t kNftInterface = 41;

/// The type of a concatenation.
template <class... Rest>
constexpr std::uint32_t nft_concat(std::uint32_t first, Rest... rest) {
    std::uint32_t type = first;
    ((type = type << 6U | static_cast<std::uint32_t>(rest)), ...);
    return type;
}

struct NftSet {
    const char* name;
    std::uint32_t key_type;
    std::uint32_t key_size;      ///< bytes; each part of a concatenation takes whole 32-bit words
    std::uint32_t data_type = 0; ///< of a map
    std::uint32_t data_size = 0; ///< bytes; 0: a set
    bool interval = false;
    std::vector<std::uint8_t> parts = {}; ///< sizes of the key's, for an interval of several
};

struct NftElement {
    std::string key;     ///< as the packet has it: network byte order
    std::string key_end; ///< the last key of an interval of several parts
    std::string data;    ///< of a map
    std::string comment;
    bool interval_end = false; ///< the first key behind an interval of one part
};

struct NftHook {
    const char* type; ///< "filter" or "nat"
    std::uint32_t hook;
    std::int32_t priority;
};

class NftTransaction {
  public:
    explicit NftTransaction(std::string table);

    NftTransaction& add_table();
    NftTransaction& remove_table();
    NftTransaction& add_chain(const std::string& chain);
    NftTransaction& add_base_chain(const std::string& chain, const NftHook& hook);
    NftTransaction& flush_chain(const std::string& chain); ///< must be there
    NftTransaction& remove_chain(const std::string& chain);
    NftTransaction& add_rule(const NftRule& rule);
    NftTransaction& add_set(const NftSet& set);
    NftTransaction& flush_set(const std::string& set);
    /// Harmless when the same element is there; Exists or Busy when its key has other data.
    NftTransaction& add_element(const std::string& set, const NftElement& element);
    NftTransaction& remove_element(const std::string& set, const NftElement& element);

    [[nodiscard]] bool empty() const noexcept { return batch_.empty(); }
    [[nodiscard]] std::optional<Failure> attempt(Socket& netfilter);
    /// Throws "WHAT: why".
    void commit(Socket& netfilter, const std::string& what);

  private:
    template <class Object, class Build>
    void put(int type, std::uint16_t flags, Object* object, Build build);
    void put_element(int type, std::uint16_t flags, const std::string& set,
                     const NftElement& element);
    void put_chain(int type, std::uint16_t flags, const std::string& chain, const NftHook* hook);

    std::string table_;
    std::string batch_;
    std::uint32_t sequence_ = 1;
    std::uint32_t set_id_ = 0;
};

/// Names of the table's chains; empty when there is no such table.
[[nodiscard]] std::vector<std::string> list_chains(Socket& netfilter, const std::string& table);
[[nodiscard]] bool has_chain(Socket& netfilter, const std::string& table, const std::string& chain);
/// Empty as well when there is no such table or set.
[[nodiscard]] std::vector<NftElement> list_elements(Socket& netfilter, const std::string& table,
                                                    const std::string& set);
/// Empty when there is none of that key.
[[nodiscard]] std::optional<NftElement> find_element(Socket& netfilter, const std::string& table,
                                                     const std::string& set,
                                                     const std::string& key);

} // namespace berth::netlink
