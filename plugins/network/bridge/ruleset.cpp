// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ruleset.hpp"

#include <cstddef>
#include <vector>

#include <bridge/names.hpp>
#include <linux/if.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace berth::bridge {

namespace {

using netlink::nft_concat;
using netlink::NftHook;
using netlink::NftRule;
using netlink::NftSet;
using netlink::NftTransaction;

// Raised with every change of the rules.
constexpr const char* kVersionMark = "version_1_";

// Chains.
constexpr const char* kGuard = "guard";
constexpr const char* kPrerouting = "prerouting";
constexpr const char* kOutput = "output";
constexpr const char* kPostrouting = "postrouting";
constexpr const char* kForward = "forward";
constexpr const char* kPublishedOn = "published_on";
constexpr const char* kPublished = "published";

// Registers of an interface name and what stands beside it.
constexpr unsigned kNameRegisters = IFNAMSIZ / 4;
constexpr unsigned kIpv6Registers = 4;

constexpr std::uint32_t kEstablishedOrRelated = 2U | 4U; // NF_CT_STATE_BIT of the two

const std::array<NftSet, 14> kSets = {
    NftSet{kBridges, netlink::kNftInterface, IFNAMSIZ},
    NftSet{kInternal, netlink::kNftInterface, IFNAMSIZ},
    NftSet{kMasquerading, netlink::kNftInterface, IFNAMSIZ},
    NftSet{kOwn4,
           nft_concat(netlink::kNftIpv4, netlink::kNftInterface),
           4 + IFNAMSIZ,
           0,
           0,
           true,
           {4, IFNAMSIZ}},
    NftSet{kOwn6,
           nft_concat(netlink::kNftIpv6, netlink::kNftInterface),
           16 + IFNAMSIZ,
           0,
           0,
           true,
           {16, IFNAMSIZ}},
    NftSet{kTalking, nft_concat(netlink::kNftInterface, netlink::kNftInterface), 2 * IFNAMSIZ},
    NftSet{kUplinks4, netlink::kNftInterface, IFNAMSIZ},
    NftSet{kUplinks6, netlink::kNftInterface, IFNAMSIZ},
    NftSet{kLan4, netlink::kNftIpv4, 4, 0, 0, true},
    NftSet{kLan6, netlink::kNftIpv6, 16, 0, 0, true},
    NftSet{kPorts4, nft_concat(netlink::kNftProtocol, netlink::kNftPort), 8,
           nft_concat(netlink::kNftIpv4, netlink::kNftPort), 8},
    NftSet{kPorts6, nft_concat(netlink::kNftProtocol, netlink::kNftPort), 8,
           nft_concat(netlink::kNftIpv6, netlink::kNftPort), 20},
    NftSet{kPortsOn4, nft_concat(netlink::kNftIpv4, netlink::kNftProtocol, netlink::kNftPort), 12,
           nft_concat(netlink::kNftIpv4, netlink::kNftPort), 8},
    NftSet{kPortsOn6, nft_concat(netlink::kNftIpv6, netlink::kNftProtocol, netlink::kNftPort), 24,
           nft_concat(netlink::kNftIpv6, netlink::kNftPort), 20},
};

NftRule rule_in(const char* chain) {
    return {kTable, chain};
}

NftRule rule_for(const char* chain, int family) {
    NftRule rule = rule_in(chain);
    rule.load_meta(NFT_META_NFPROTO, 0)
        .equals_u8(0, family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
    return rule;
}

/// Goes on only if the packet comes in by one of `in` and goes out by one of `out`.
NftRule& between(NftRule& rule, const char* in, const char* out) {
    return rule.load_meta(NFT_META_IIFNAME, 0)
        .in_set(0, in)
        .load_meta(NFT_META_OIFNAME, 0)
        .in_set(0, out);
}

/// A container must not reach what the host has on 127.0.0.0/8, which route_localnet on the bridge
/// would let it.
void put_guard(NftTransaction& transaction) {
    NftRule rule = rule_for(kGuard, AF_INET);
    rule.load_meta(NFT_META_IIFNAME, 0)
        .in_set(0, kBridges)
        .load_network(offsetof(iphdr, daddr), 1, 0)
        .equals_u8(0, IN_LOOPBACKNET)
        .drop();
    transaction.add_rule(rule);
}

void put_port_rules(NftTransaction& transaction) {
    NftRule on4 = rule_for(kPublishedOn, AF_INET);
    on4.load_network(offsetof(iphdr, daddr), 4, 0)
        .load_meta(NFT_META_L4PROTO, 1)
        .load_transport(2, 2, 2)
        .map(0, kPortsOn4, 4)
        .dnat(AF_INET, 4, 5);
    NftRule on6 = rule_for(kPublishedOn, AF_INET6);
    on6.load_network(offsetof(ipv6hdr, daddr), 16, 0)
        .load_meta(NFT_META_L4PROTO, kIpv6Registers)
        .load_transport(2, 2, kIpv6Registers + 1)
        .map(0, kPortsOn6, 8)
        .dnat(AF_INET6, 8, 8 + kIpv6Registers);
    transaction.add_rule(on4).add_rule(on6);
    for (const int family : {AF_INET, AF_INET6}) {
        const bool v6 = family == AF_INET6;
        NftRule any = rule_for(kPublished, family);
        any.load_meta(NFT_META_L4PROTO, 0)
            .load_transport(2, 2, 1)
            .map(0, v6 ? kPorts6 : kPorts4, 4)
            .dnat(family, 4, v6 ? 4 + kIpv6Registers : 5);
        transaction.add_rule(any);
    }
}

/// Leaves the chain for packets from outside the scope; what containers send is in every scope.
void put_scope_rules(NftTransaction& transaction, Scope scope) {
    if (scope == Scope::All) return;
    if (scope == Scope::Local) {
        NftRule rule = rule_in(kPrerouting);
        rule.load_meta(NFT_META_IIFNAME, 0).not_in_set(0, kBridges).leave();
        transaction.add_rule(rule);
        return;
    }
    NftRule rule4 = rule_for(kPrerouting, AF_INET);
    rule4.load_meta(NFT_META_IIFNAME, 0)
        .not_in_set(0, kBridges)
        .load_network(offsetof(iphdr, saddr), 4, 0)
        .not_in_set(0, kLan4)
        .leave();
    NftRule rule6 = rule_for(kPrerouting, AF_INET6);
    rule6.load_meta(NFT_META_IIFNAME, 0)
        .not_in_set(0, kBridges)
        .load_network(offsetof(ipv6hdr, saddr), 16, 0)
        .not_in_set(0, kLan6)
        .leave();
    transaction.add_rule(rule4).add_rule(rule6);
}

void put_entry_rules(NftTransaction& transaction, Scope scope) {
    for (const char* chain : {kPrerouting, kOutput}) {
        NftRule local = rule_in(chain);
        transaction.add_rule(local.load_destination_type(0).differs_u32(0, RTN_LOCAL).leave());
        if (chain == kPrerouting) {
            // Nobody outside has business with 127.0.0.0/8; ports on it are the host's alone.
            NftRule foreign = rule_for(chain, AF_INET);
            foreign.load_network(offsetof(iphdr, daddr), 1, 0).equals_u8(0, IN_LOOPBACKNET);
            transaction.add_rule(foreign.leave());
        }
        transaction.add_rule(rule_in(chain).jump(kPublishedOn));
        if (chain == kPrerouting) put_scope_rules(transaction, scope);
        transaction.add_rule(rule_in(chain).jump(kPublished));
    }
}

void put_postrouting(NftTransaction& transaction) {
    // What a container sends to a published port of its own network comes back to that network. The
    // source address tells, for a bridge with br_netfilter does not know the way in any more.
    NftRule hairpin4 = rule_for(kPostrouting, AF_INET);
    hairpin4.load_ct(NFT_CT_STATUS, 0)
        .has_bits(0, IPS_DST_NAT)
        .load_network(offsetof(iphdr, saddr), 4, 0)
        .load_meta(NFT_META_OIFNAME, 1)
        .in_set(0, kOwn4)
        .masquerade();
    NftRule hairpin6 = rule_for(kPostrouting, AF_INET6);
    hairpin6.load_ct(NFT_CT_STATUS, 0)
        .has_bits(0, IPS_DST_NAT)
        .load_network(offsetof(ipv6hdr, saddr), 16, 0)
        .load_meta(NFT_META_OIFNAME, kIpv6Registers)
        .in_set(0, kOwn6)
        .masquerade();
    NftRule loopback4 = rule_for(kPostrouting, AF_INET);
    loopback4.load_meta(NFT_META_OIFNAME, 0)
        .in_set(0, kBridges)
        .load_network(offsetof(iphdr, saddr), 1, 0)
        .equals_u8(0, IN_LOOPBACKNET)
        .masquerade();
    NftRule inside = rule_in(kPostrouting);
    inside.load_meta(NFT_META_OIFNAME, 0).in_set(0, kBridges).leave();
    NftRule leaving = rule_in(kPostrouting);
    leaving.load_meta(NFT_META_IIFNAME, 0).in_set(0, kMasquerading).masquerade();
    transaction.add_rule(hairpin4).add_rule(hairpin6).add_rule(loopback4);
    transaction.add_rule(inside).add_rule(leaving);
}

void put_forward(NftTransaction& transaction) {
    // Forwarding that berth switched on is for containers: between the host's own interfaces
    // nothing passes that did not pass before.
    NftRule transit4 = rule_for(kForward, AF_INET);
    NftRule transit6 = rule_for(kForward, AF_INET6);
    transaction.add_rule(between(transit4, kUplinks4, kUplinks4).drop());
    transaction.add_rule(between(transit6, kUplinks6, kUplinks6).drop());
    NftRule neighbours = rule_in(kForward);
    transaction.add_rule(neighbours.load_meta(NFT_META_IIFNAME, 0)
                             .load_meta(NFT_META_OIFNAME, kNameRegisters)
                             .in_set(0, kTalking)
                             .accept());
    for (const auto key : {NFT_META_IIFNAME, NFT_META_OIFNAME}) {
        NftRule internal = rule_in(kForward);
        transaction.add_rule(internal.load_meta(key, 0).in_set(0, kInternal).drop());
    }
    NftRule elsewhere = rule_in(kForward);
    transaction.add_rule(elsewhere.load_meta(NFT_META_OIFNAME, 0).not_in_set(0, kBridges).accept());
    NftRule answers = rule_in(kForward);
    transaction.add_rule(
        answers.load_ct(NFT_CT_STATE, 0).has_bits(0, kEstablishedOrRelated).accept());
    NftRule published = rule_in(kForward);
    transaction.add_rule(published.load_ct(NFT_CT_STATUS, 0).has_bits(0, IPS_DST_NAT).accept());
    transaction.add_rule(rule_in(kForward).drop());
}

void put_chains(NftTransaction& transaction) {
    const auto base = [&](const char* name, const char* type, std::uint32_t hook, int priority) {
        transaction.add_base_chain(name, NftHook{type, hook, priority}).flush_chain(name);
    };
    base(kGuard, "filter", NF_INET_PRE_ROUTING, NF_IP_PRI_RAW);
    base(kPrerouting, "nat", NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST);
    base(kOutput, "nat", NF_INET_LOCAL_OUT, NF_IP_PRI_NAT_DST);
    base(kPostrouting, "nat", NF_INET_POST_ROUTING, NF_IP_PRI_NAT_SRC);
    base(kForward, "filter", NF_INET_FORWARD, NF_IP_PRI_FILTER);
    for (const char* name : {kPublishedOn, kPublished}) {
        transaction.add_chain(name).flush_chain(name);
    }
}

} // namespace

std::string version_chain(Scope scope) {
    switch (scope) {
    case Scope::All:
        return std::string(kVersionMark) + "all";
    case Scope::Lan:
        return std::string(kVersionMark) + "lan";
    case Scope::Local:
        return std::string(kVersionMark) + "local";
    }
    return kVersionMark;
}

void put_rules(NftTransaction& transaction, Scope scope, const std::vector<std::string>& present) {
    transaction.add_table();
    for (const auto& set : kSets)
        transaction.add_set(set);
    put_chains(transaction);
    put_guard(transaction);
    put_port_rules(transaction);
    put_entry_rules(transaction, scope);
    put_postrouting(transaction);
    put_forward(transaction);
    const std::string mark = version_chain(scope);
    for (const auto& chain : present) {
        if (chain.rfind("version_", 0) == 0 && chain != mark) transaction.remove_chain(chain);
    }
    transaction.add_chain(mark);
}

netlink::NftElement interface_element(const std::string& name) {
    netlink::NftElement element;
    element.key = name;
    element.key.resize(IFNAMSIZ, '\0');
    return element;
}

netlink::NftElement pair_element(const std::string& name) {
    netlink::NftElement element = interface_element(name);
    element.key += element.key;
    return element;
}

netlink::NftElement range_element(const base::IpPrefix& range, const std::string& name) {
    const std::string interface = interface_element(name).key;
    netlink::NftElement element;
    element.key = std::string(range.network().address.bytes()) + interface;
    element.key_end = std::string(range.last().bytes()) + interface;
    return element;
}

std::string interface_of(const netlink::NftElement& element) {
    const std::string name = element.key.substr(element.key.size() - IFNAMSIZ);
    return name.substr(0, name.find('\0'));
}

} // namespace berth::bridge
