// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "verb.hpp"

namespace berth::cli {

int unpause(Client& client, const Arguments& arguments) {
    return act_on_many(client, arguments,
                       {"unpause", "Resume", "Let paused containers go on", "paused"});
}

} // namespace berth::cli
