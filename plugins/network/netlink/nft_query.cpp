// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstring>

#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netlink/nft_handles.hpp>
#include <netlink/nft_table.hpp>

#include <berth/error.hpp>

namespace berth::netlink {

namespace {

Message question(int type, std::uint16_t flags) {
    Message message(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | type), flags);
    message.extra<nfgenmsg>().nfgen_family = NFPROTO_INET;
    return message;
}

int keep_comment(const nftnl_udata* attribute, void* comment) {
    if (nftnl_udata_type(attribute) != NFTNL_UDATA_SET_ELEM_COMMENT) return 0;
    const auto* text = static_cast<const char*>(nftnl_udata_get(attribute));
    static_cast<std::string*>(comment)->assign(text, ::strnlen(text, nftnl_udata_len(attribute)));
    return 0;
}

NftElement element_of(nftnl_set_elem* item) {
    NftElement element;
    const auto bytes = [item](std::uint16_t attribute) {
        std::uint32_t size = 0;
        const void* data = nftnl_set_elem_get(item, attribute, &size);
        return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
    };
    element.key = bytes(NFTNL_SET_ELEM_KEY);
    if (nftnl_set_elem_is_set(item, NFTNL_SET_ELEM_KEY_END)) {
        element.key_end = bytes(NFTNL_SET_ELEM_KEY_END);
    }
    if (nftnl_set_elem_is_set(item, NFTNL_SET_ELEM_DATA)) element.data = bytes(NFTNL_SET_ELEM_DATA);
    if (nftnl_set_elem_is_set(item, NFTNL_SET_ELEM_FLAGS)) {
        element.interval_end =
            (nftnl_set_elem_get_u32(item, NFTNL_SET_ELEM_FLAGS) & NFT_SET_ELEM_INTERVAL_END) != 0;
    }
    if (nftnl_set_elem_is_set(item, NFTNL_SET_ELEM_USERDATA)) {
        const std::string user = bytes(NFTNL_SET_ELEM_USERDATA);
        nftnl_udata_parse(user.data(), static_cast<std::uint32_t>(user.size()), keep_comment,
                          &element.comment);
    }
    return element;
}

void read_elements(const nlmsghdr* head, std::vector<NftElement>& elements) {
    const Set set(nftnl_set_alloc());
    if (!set || nftnl_set_elems_nlmsg_parse(head, set.get()) < 0) return;
    nftnl_set_elem_foreach(
        set.get(),
        [](nftnl_set_elem* item, void* list) {
            static_cast<std::vector<NftElement>*>(list)->push_back(element_of(item));
            return 0;
        },
        &elements);
}

} // namespace

std::vector<std::string> list_chains(Socket& netfilter, const std::string& table) {
    Message message = question(NFT_MSG_GETCHAIN, NLM_F_DUMP);
    std::vector<std::string> names;
    const auto take = [&](const nlmsghdr* head) {
        const Chain chain(nftnl_chain_alloc());
        if (!chain || nftnl_chain_nlmsg_parse(head, chain.get()) < 0) return;
        if (table != nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_TABLE)) return;
        names.emplace_back(nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_NAME));
    };
    const auto failure = netfilter.query(message, take, [&] { names.clear(); });
    if (failure) throw_failure("cannot list the chains of the packet filter", *failure);
    return names;
}

bool has_chain(Socket& netfilter, const std::string& table, const std::string& chain) {
    Message message = question(NFT_MSG_GETCHAIN, 0);
    message.put_name(NFTA_CHAIN_TABLE, table);
    message.put_name(NFTA_CHAIN_NAME, chain);
    const auto failure = netfilter.query(message, [](const nlmsghdr*) {});
    if (failure && failure->sys_errno != ENOENT) {
        throw_failure("cannot look into the packet filter's table '" + table + "'", *failure);
    }
    return !failure;
}

std::vector<NftElement> list_elements(Socket& netfilter, const std::string& table,
                                      const std::string& set) {
    Message message = question(NFT_MSG_GETSETELEM, NLM_F_DUMP);
    message.put_name(NFTA_SET_ELEM_LIST_TABLE, table);
    message.put_name(NFTA_SET_ELEM_LIST_SET, set);
    std::vector<NftElement> elements;
    const auto failure = netfilter.query(
        message, [&](const nlmsghdr* head) { read_elements(head, elements); },
        [&] { elements.clear(); });
    if (failure && failure->sys_errno != ENOENT) {
        throw_failure("cannot list the packet filter's set '" + set + "'", *failure);
    }
    return elements;
}

std::optional<NftElement> find_element(Socket& netfilter, const std::string& table,
                                       const std::string& set, const std::string& key) {
    Message message = question(NFT_MSG_GETSETELEM, 0);
    message.put_name(NFTA_SET_ELEM_LIST_TABLE, table);
    message.put_name(NFTA_SET_ELEM_LIST_SET, set);
    {
        const auto list = message.nest(NFTA_SET_ELEM_LIST_ELEMENTS);
        const auto item = message.nest(NFTA_LIST_ELEM);
        const auto key_nest = message.nest(NFTA_SET_ELEM_KEY);
        message.put(NFTA_DATA_VALUE, key);
    }
    std::vector<NftElement> elements;
    const auto failure =
        netfilter.query(message, [&](const nlmsghdr* head) { read_elements(head, elements); });
    if (failure && failure->sys_errno != ENOENT) {
        throw_failure("cannot look into the packet filter's set '" + set + "'", *failure);
    }
    if (elements.empty()) return std::nullopt;
    return elements.front();
}

} // namespace berth::netlink
