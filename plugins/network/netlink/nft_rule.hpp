// SPDX-License-Identifier: LGPL-2.1-or-later
// One nf_tables rule, expression by expression, over libnftnl. A register number counts 32-bit
// registers from 0: an IPv4 address takes one, an IPv6 address or an interface name four, and the
// parts of a concatenation begin at registers of their own. Source: linux/netfilter/nf_tables.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include <base/handle.hpp>

namespace berth::netlink {

class NftRule {
  public:
    NftRule(const std::string& table, const std::string& chain);

    // Loads into a register.
    NftRule& load_meta(std::uint32_t key, unsigned reg);
    NftRule& load_network(unsigned offset, unsigned size, unsigned reg); ///< of the IP header
    NftRule& load_transport(unsigned offset, unsigned size, unsigned reg);
    NftRule& load_ct(std::uint32_t key, unsigned reg);
    NftRule& load_destination_type(unsigned reg); ///< RTN_LOCAL, RTN_UNICAST...

    // Go on with the rule only if it holds.
    NftRule& equals(unsigned reg, std::string_view bytes);
    NftRule& differs(unsigned reg, std::string_view bytes);
    NftRule& equals_u8(unsigned reg, std::uint8_t value);
    NftRule& differs_u32(unsigned reg, std::uint32_t value);
    NftRule& has_bits(unsigned reg, std::uint32_t bits); ///< any of them
    NftRule& in_set(unsigned reg, const std::string& set);
    NftRule& not_in_set(unsigned reg, const std::string& set);
    /// Looks the key at `reg` up in a map, its data go to `to`.
    NftRule& map(unsigned reg, const std::string& map, unsigned to);

    // Ends of the rule.
    NftRule& accept();
    NftRule& drop();
    NftRule& leave(); ///< back to the calling chain
    NftRule& jump(const std::string& chain);
    NftRule& dnat(int family, unsigned address, unsigned port);
    NftRule& masquerade();

    [[nodiscard]] nftnl_rule* get() const noexcept { return rule_.get(); }

  private:
    [[nodiscard]] nftnl_expr* add(const char* kind);
    NftRule& compare(unsigned reg, std::uint32_t how, std::string_view bytes);
    NftRule& lookup(unsigned reg, const std::string& set, std::uint32_t flags);
    NftRule& verdict(int code, const std::string& chain);

    base::Handle<nftnl_rule, nftnl_rule_free> rule_;
};

} // namespace berth::netlink
