// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "verb.hpp"

namespace berth::cli {

int tag(Client& client, const Arguments& arguments) {
    Options options("tag", "IMAGE NEW_NAME[:TAG]", "Give an image another name");
    options.need(2, 2);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    client.manager("TagImage", (*names)[0], (*names)[1], bus::Dict());
    return 0;
}

} // namespace berth::cli
