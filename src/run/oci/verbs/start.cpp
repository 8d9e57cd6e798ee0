// SPDX-License-Identifier: LGPL-2.1-or-later
#include <run/oci/making.hpp>

namespace berth::run::oci {

namespace {

int start(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    require_status(found, {Status::Created}, "start");
    start_container(found.dir, found.state);
    return 0;
}

} // namespace

const Verb kStartVerb{"start", "CONTAINER", "run the program of a created container",
                      {},      Order::Any,  start};

} // namespace berth::run::oci
