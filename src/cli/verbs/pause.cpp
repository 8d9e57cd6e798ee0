// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "verb.hpp"

namespace berth::cli {

int pause(Client& client, const Arguments& arguments) {
    return act_on_many(client, arguments,
                       {"pause", "Pause", "Freeze all processes of containers", "running"});
}

} // namespace berth::cli
