// SPDX-License-Identifier: LGPL-2.1-or-later
#include <run/oci/cgroup.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

int resume(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    require_status(found, {Status::Paused}, "resume");
    freeze(found.state.cgroup, false);
    return 0;
}

} // namespace

const Verb kResumeVerb{"resume", "CONTAINER", "let a paused container go on",
                       {},       Order::Any,  resume};

} // namespace berth::run::oci
