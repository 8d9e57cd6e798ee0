// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <vector>

#include <libnftnl/common.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <netlink/nft_handles.hpp>
#include <netlink/nft_table.hpp>

#include <base/handle.hpp>
#include <berth/error.hpp>

namespace berth::netlink {

namespace {

constexpr std::size_t kMessageRoom = 8192; // the largest rule or element takes less than 1 KiB
constexpr std::size_t kCommentLimit = 120;

template <class T>
T* made(T* object) {
    if (object == nullptr) throw Error(ErrorCode::Exhausted, "out of memory for the packet filter");
    return object;
}

// How `nft list` reads a key (nftables, datatype.h); concatenations know their parts' order.
constexpr std::uint32_t kHostOrder = 1;
constexpr std::uint32_t kNetworkOrder = 2;

using UserData = base::Handle<nftnl_udata_buf, nftnl_udata_buf_free>;

} // namespace

NftTransaction::NftTransaction(std::string table) : table_(std::move(table)) {}

template <class Object, class Build>
void NftTransaction::put(int type, std::uint16_t flags, Object* object, Build build) {
    std::array<char, kMessageRoom> room;
    nlmsghdr* head = nftnl_nlmsg_build_hdr(room.data(), static_cast<std::uint16_t>(type),
                                           NFPROTO_INET, flags, ++sequence_);
    build(head, object);
    batch_.append(room.data(), MNL_ALIGN(head->nlmsg_len));
}

NftTransaction& NftTransaction::add_table() {
    const Table table(made(nftnl_table_alloc()));
    nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, table_.c_str());
    put(NFT_MSG_NEWTABLE, NLM_F_CREATE, table.get(), nftnl_table_nlmsg_build_payload);
    return *this;
}

NftTransaction& NftTransaction::remove_table() {
    const Table table(made(nftnl_table_alloc()));
    nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, table_.c_str());
    put(NFT_MSG_DELTABLE, 0, table.get(), nftnl_table_nlmsg_build_payload);
    return *this;
}

void NftTransaction::put_chain(int type, std::uint16_t flags, const std::string& name,
                               const NftHook* hook) {
    const Chain chain(made(nftnl_chain_alloc()));
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, table_.c_str());
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, name.c_str());
    if (hook != nullptr) {
        nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, hook->type);
        nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, hook->hook);
        nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, hook->priority);
        nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
    }
    put(type, flags, chain.get(), nftnl_chain_nlmsg_build_payload);
}

NftTransaction& NftTransaction::add_chain(const std::string& chain) {
    put_chain(NFT_MSG_NEWCHAIN, NLM_F_CREATE, chain, nullptr);
    return *this;
}

NftTransaction& NftTransaction::add_base_chain(const std::string& chain, const NftHook& hook) {
    put_chain(NFT_MSG_NEWCHAIN, NLM_F_CREATE, chain, &hook);
    return *this;
}

NftTransaction& NftTransaction::remove_chain(const std::string& chain) {
    put_chain(NFT_MSG_DELCHAIN, 0, chain, nullptr);
    return *this;
}

NftTransaction& NftTransaction::flush_chain(const std::string& chain) {
    const NftRule every(table_, chain);
    put(NFT_MSG_DELRULE, 0, every.get(), nftnl_rule_nlmsg_build_payload);
    return *this;
}

NftTransaction& NftTransaction::add_rule(const NftRule& rule) {
    put(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, rule.get(), nftnl_rule_nlmsg_build_payload);
    return *this;
}

NftTransaction& NftTransaction::add_set(const NftSet& wanted) {
    const Set set(made(nftnl_set_alloc()));
    std::uint32_t flags = wanted.interval ? NFT_SET_INTERVAL : 0;
    nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table_.c_str());
    nftnl_set_set_str(set.get(), NFTNL_SET_NAME, wanted.name);
    nftnl_set_set_u32(set.get(), NFTNL_SET_FAMILY, NFPROTO_INET);
    nftnl_set_set_u32(set.get(), NFTNL_SET_ID, ++set_id_);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, wanted.key_type);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, wanted.key_size);
    if (wanted.data_size != 0) {
        flags |= NFT_SET_MAP;
        nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_TYPE, wanted.data_type);
        nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_LEN, wanted.data_size);
    }
    if (!wanted.parts.empty()) {
        flags |= NFT_SET_CONCAT;
        nftnl_set_set_data(set.get(), NFTNL_SET_DESC_CONCAT, wanted.parts.data(),
                           static_cast<std::uint32_t>(wanted.parts.size()));
    }
    nftnl_set_set_u32(set.get(), NFTNL_SET_FLAGS, flags);
    const UserData user(made(nftnl_udata_buf_alloc(64)));
    nftnl_udata_put_u32(user.get(), NFTNL_UDATA_SET_KEYBYTEORDER,
                        wanted.key_type == kNftInterface ? kHostOrder : kNetworkOrder);
    nftnl_set_set_data(set.get(), NFTNL_SET_USERDATA, nftnl_udata_buf_data(user.get()),
                       nftnl_udata_buf_len(user.get()));
    put(NFT_MSG_NEWSET, NLM_F_CREATE, set.get(), nftnl_set_nlmsg_build_payload);
    return *this;
}

NftTransaction& NftTransaction::flush_set(const std::string& name) {
    const Set set(made(nftnl_set_alloc()));
    nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table_.c_str());
    nftnl_set_set_str(set.get(), NFTNL_SET_NAME, name.c_str());
    put(NFT_MSG_DELSETELEM, 0, set.get(), nftnl_set_elems_nlmsg_build_payload);
    return *this;
}

void NftTransaction::put_element(int type, std::uint16_t flags, const std::string& name,
                                 const NftElement& element) {
    const Set set(made(nftnl_set_alloc()));
    nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table_.c_str());
    nftnl_set_set_str(set.get(), NFTNL_SET_NAME, name.c_str());
    nftnl_set_elem* item = made(nftnl_set_elem_alloc());
    nftnl_set_elem_add(set.get(), item); // the set owns it from here
    const auto size = [](const std::string& bytes) {
        return static_cast<std::uint32_t>(bytes.size());
    };
    nftnl_set_elem_set(item, NFTNL_SET_ELEM_KEY, element.key.data(), size(element.key));
    if (!element.key_end.empty()) {
        nftnl_set_elem_set(item, NFTNL_SET_ELEM_KEY_END, element.key_end.data(),
                           size(element.key_end));
    }
    if (element.interval_end) {
        nftnl_set_elem_set_u32(item, NFTNL_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
    }
    if (!element.data.empty()) {
        nftnl_set_elem_set(item, NFTNL_SET_ELEM_DATA, element.data.data(), size(element.data));
    }
    if (!element.comment.empty()) {
        const UserData user(made(nftnl_udata_buf_alloc(256)));
        nftnl_udata_put_strz(user.get(), NFTNL_UDATA_SET_ELEM_COMMENT,
                             element.comment.substr(0, kCommentLimit).c_str());
        nftnl_set_elem_set(item, NFTNL_SET_ELEM_USERDATA, nftnl_udata_buf_data(user.get()),
                           nftnl_udata_buf_len(user.get()));
    }
    put(type, flags, set.get(), nftnl_set_elems_nlmsg_build_payload);
}

NftTransaction& NftTransaction::add_element(const std::string& set, const NftElement& element) {
    put_element(NFT_MSG_NEWSETELEM, NLM_F_CREATE, set, element);
    return *this;
}

NftTransaction& NftTransaction::remove_element(const std::string& set, const NftElement& element) {
    put_element(NFT_MSG_DELSETELEM, 0, set,
                {element.key, element.key_end, "", "", element.interval_end});
    return *this;
}

std::optional<Failure> NftTransaction::attempt(Socket& netfilter) {
    std::array<char, 64> room{};
    const nlmsghdr* begin = nftnl_batch_begin(room.data(), 1);
    std::string whole(room.data(), MNL_ALIGN(begin->nlmsg_len));
    whole += batch_;
    const nlmsghdr* end = nftnl_batch_end(room.data(), ++sequence_);
    whole.append(room.data(), MNL_ALIGN(end->nlmsg_len));
    return netfilter.transact(whole);
}

void NftTransaction::commit(Socket& netfilter, const std::string& what) {
    if (const auto failure = attempt(netfilter)) throw_failure(what, *failure);
}

} // namespace berth::netlink
