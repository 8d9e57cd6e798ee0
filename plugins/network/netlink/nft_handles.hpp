// SPDX-License-Identifier: LGPL-2.1-or-later
// Owners of libnftnl's objects.
#pragma once

#include <libnftnl/chain.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>

#include <base/handle.hpp>

namespace berth::netlink {

/// nftnl_set_free() takes a const pointer, which Handle does not.
inline void free_set(nftnl_set* set) {
    nftnl_set_free(set);
}

using Table = base::Handle<nftnl_table, nftnl_table_free>;
using Chain = base::Handle<nftnl_chain, nftnl_chain_free>;
using Set = base::Handle<nftnl_set, free_set>;

} // namespace berth::netlink
