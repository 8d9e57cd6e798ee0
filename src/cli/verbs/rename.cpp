// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "verb.hpp"

namespace berth::cli {

int rename(Client& client, const Arguments& arguments) {
    Options options("rename", "CONTAINER NEW_NAME", "Rename a container");
    options.need(2, 2);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    client.on(client.container((*names)[0]), kContainerInterface, "Rename", (*names)[1],
              bus::Dict());
    return 0;
}

} // namespace berth::cli
