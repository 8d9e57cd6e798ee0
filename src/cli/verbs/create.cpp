// SPDX-License-Identifier: LGPL-2.1-or-later
#include "launch.hpp"
#include "verb.hpp"

namespace berth::cli {

int create(Client& client, const Arguments& arguments) {
    return launch(client, arguments, LaunchKind::Create);
}

} // namespace berth::cli
