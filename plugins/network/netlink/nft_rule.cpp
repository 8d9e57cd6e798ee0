// SPDX-License-Identifier: LGPL-2.1-or-later
#include "nft_rule.hpp"

#include <cstddef>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <sys/socket.h>

#include <berth/error.hpp>

namespace berth::netlink {

namespace {

// nftnl takes the numbers of the 32-bit registers, which the kernel counts from NFT_REG32_00.
std::uint32_t kernel_register(unsigned reg) {
    return NFT_REG32_00 + reg;
}

std::string_view bytes_of(const std::uint32_t& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

} // namespace

NftRule::NftRule(const std::string& table, const std::string& chain) : rule_(nftnl_rule_alloc()) {
    if (!rule_) throw Error(ErrorCode::Exhausted, "out of memory for a packet filter rule");
    nftnl_rule_set_u32(rule_.get(), NFTNL_RULE_FAMILY, NFPROTO_INET);
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_TABLE, table.c_str());
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_CHAIN, chain.c_str());
}

nftnl_expr* NftRule::add(const char* kind) {
    nftnl_expr* expression = nftnl_expr_alloc(kind);
    if (expression == nullptr) {
        throw Error(ErrorCode::Unsupported,
                    std::string("libnftnl has no expression '") + kind + "'");
    }
    nftnl_rule_add_expr(rule_.get(), expression);
    return expression;
}

NftRule& NftRule::load_meta(std::uint32_t key, unsigned reg) {
    nftnl_expr* expression = add("meta");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_META_DREG, kernel_register(reg));
    return *this;
}

NftRule& NftRule::load_network(unsigned offset, unsigned size, unsigned reg) {
    nftnl_expr* expression = add("payload");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_LEN, size);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_DREG, kernel_register(reg));
    return *this;
}

NftRule& NftRule::load_transport(unsigned offset, unsigned size, unsigned reg) {
    nftnl_expr* expression = add("payload");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_LEN, size);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_PAYLOAD_DREG, kernel_register(reg));
    return *this;
}

NftRule& NftRule::load_ct(std::uint32_t key, unsigned reg) {
    nftnl_expr* expression = add("ct");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_CT_KEY, key);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_CT_DREG, kernel_register(reg));
    return *this;
}

NftRule& NftRule::load_destination_type(unsigned reg) {
    nftnl_expr* expression = add("fib");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_FIB_DREG, kernel_register(reg));
    return *this;
}

NftRule& NftRule::compare(unsigned reg, std::uint32_t how, std::string_view bytes) {
    nftnl_expr* expression = add("cmp");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_CMP_SREG, kernel_register(reg));
    nftnl_expr_set_u32(expression, NFTNL_EXPR_CMP_OP, how);
    nftnl_expr_set(expression, NFTNL_EXPR_CMP_DATA, bytes.data(),
                   static_cast<std::uint32_t>(bytes.size()));
    return *this;
}

NftRule& NftRule::equals(unsigned reg, std::string_view bytes) {
    return compare(reg, NFT_CMP_EQ, bytes);
}

NftRule& NftRule::differs(unsigned reg, std::string_view bytes) {
    return compare(reg, NFT_CMP_NEQ, bytes);
}

NftRule& NftRule::equals_u8(unsigned reg, std::uint8_t value) {
    return equals(reg, {reinterpret_cast<const char*>(&value), 1});
}

NftRule& NftRule::differs_u32(unsigned reg, std::uint32_t value) {
    return differs(reg, bytes_of(value));
}

NftRule& NftRule::has_bits(unsigned reg, std::uint32_t bits) {
    const std::uint32_t none = 0;
    nftnl_expr* expression = add("bitwise");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_SREG, kernel_register(reg));
    nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_DREG, kernel_register(reg));
    nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_BITWISE_LEN, sizeof bits);
    nftnl_expr_set(expression, NFTNL_EXPR_BITWISE_MASK, &bits, sizeof bits);
    nftnl_expr_set(expression, NFTNL_EXPR_BITWISE_XOR, &none, sizeof none);
    return differs(reg, bytes_of(none));
}

NftRule& NftRule::lookup(unsigned reg, const std::string& set, std::uint32_t flags) {
    nftnl_expr* expression = add("lookup");
    nftnl_expr_set_str(expression, NFTNL_EXPR_LOOKUP_SET, set.c_str());
    nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_SREG, kernel_register(reg));
    if (flags != 0) nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_FLAGS, flags);
    return *this;
}

NftRule& NftRule::in_set(unsigned reg, const std::string& set) {
    return lookup(reg, set, 0);
}

NftRule& NftRule::not_in_set(unsigned reg, const std::string& set) {
    return lookup(reg, set, NFT_LOOKUP_F_INV);
}

NftRule& NftRule::map(unsigned reg, const std::string& map, unsigned to) {
    nftnl_expr* expression = add("lookup");
    nftnl_expr_set_str(expression, NFTNL_EXPR_LOOKUP_SET, map.c_str());
    nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_SREG, kernel_register(reg));
    nftnl_expr_set_u32(expression, NFTNL_EXPR_LOOKUP_DREG, kernel_register(to));
    return *this;
}

NftRule& NftRule::verdict(int code, const std::string& chain) {
    nftnl_expr* expression = add("immediate");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_IMM_VERDICT, static_cast<std::uint32_t>(code));
    if (!chain.empty()) nftnl_expr_set_str(expression, NFTNL_EXPR_IMM_CHAIN, chain.c_str());
    return *this;
}

NftRule& NftRule::accept() {
    return verdict(NF_ACCEPT, "");
}
NftRule& NftRule::drop() {
    return verdict(NF_DROP, "");
}
NftRule& NftRule::leave() {
    return verdict(NFT_RETURN, "");
}
NftRule& NftRule::jump(const std::string& chain) {
    return verdict(NFT_JUMP, chain);
}

NftRule& NftRule::dnat(int family, unsigned address, unsigned port) {
    nftnl_expr* expression = add("nat");
    nftnl_expr_set_u32(expression, NFTNL_EXPR_NAT_TYPE, NFT_NAT_DNAT);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_NAT_FAMILY,
                       family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
    nftnl_expr_set_u32(expression, NFTNL_EXPR_NAT_REG_ADDR_MIN, kernel_register(address));
    nftnl_expr_set_u32(expression, NFTNL_EXPR_NAT_REG_PROTO_MIN, kernel_register(port));
    return *this;
}

NftRule& NftRule::masquerade() {
    static_cast<void>(add("masq"));
    return *this;
}

} // namespace berth::netlink
