// SPDX-License-Identifier: LGPL-2.1-or-later
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

int state(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    print(state_json(found.state, found.status, found.dir.load_config()));
    return 0;
}

} // namespace

const Verb kStateVerb{"state", "CONTAINER", "print the state of a container",
                      {},      Order::Any,  state};

} // namespace berth::run::oci
