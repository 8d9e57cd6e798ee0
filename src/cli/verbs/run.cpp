// SPDX-License-Identifier: LGPL-2.1-or-later
#include "launch.hpp"
#include "verb.hpp"

namespace berth::cli {

int run(Client& client, const Arguments& arguments) {
    return launch(client, arguments, LaunchKind::Run);
}

} // namespace berth::cli
