// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "verb.hpp"

namespace berth::cli {

int stop(Client& client, const Arguments& arguments) {
    return stop_many(client, arguments,
                     {"stop", "Stop",
                      "Stop containers: a signal, and SIGKILL "
                      "for those that have not ended in time"});
}

} // namespace berth::cli
