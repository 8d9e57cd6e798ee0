// SPDX-License-Identifier: LGPL-2.1-or-later
#include "verb.hpp"

#include <algorithm>

#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

Found find_container(const Globals& globals, const std::string& id) {
    StateDir dir(globals.root, id);
    auto state = dir.load();
    const auto status = status_of(dir, state);
    return {std::move(dir), std::move(state), status};
}

void require_status(const Found& found, std::initializer_list<Status> allowed,
                    std::string_view what) {
    if (std::find(allowed.begin(), allowed.end(), found.status) != allowed.end()) return;
    throw Error(ErrorCode::Busy, "cannot " + std::string(what) + " container '" + found.state.id +
                                     "': it is " + status_name(found.status));
}

void print(const std::string& text) {
    base::write_all(STDOUT_FILENO, text + "\n");
}

} // namespace berth::run::oci
