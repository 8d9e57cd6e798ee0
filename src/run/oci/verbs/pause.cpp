// SPDX-License-Identifier: LGPL-2.1-or-later
#include <run/oci/cgroup.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

int pause(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    require_status(found, {Status::Created, Status::Running}, "pause");
    freeze(found.state.cgroup, true);
    return 0;
}

} // namespace

const Verb kPauseVerb{"pause", "CONTAINER", "freeze all processes of a container",
                      {},      Order::Any,  pause};

} // namespace berth::run::oci
