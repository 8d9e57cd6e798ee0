// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "verb.hpp"

namespace berth::cli {

int restart(Client& client, const Arguments& arguments) {
    return stop_many(client, arguments, {"restart", "Restart", "Stop containers and start them"});
}

} // namespace berth::cli
