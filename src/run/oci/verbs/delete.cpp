// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <berth/error.hpp>
#include <run/oci/making.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 1> kDeleteOptions{
    {{"force", 'f', "", "kills a running container first; one that is not there is no failure"}}};

int remove(const Globals& globals, const Arguments& arguments) {
    const auto& id = arguments.only("container's id");
    const bool force = arguments.is_on("force");
    try {
        const auto found = find_container(globals, id);
        if (!force) require_status(found, {Status::Stopped}, "delete");
        kill_and_wait(found.state);
        destroy_container(found.dir, found.state);
    } catch (const Error& error) {
        if (!force || error.code() != ErrorCode::NotFound) throw;
        StateDir(globals.root, id).remove(); // what a creation cut short left
    }
    return 0;
}

} // namespace

const Verb kDeleteVerb{"delete",       "CONTAINER", "remove a stopped container",
                       kDeleteOptions, Order::Any,  remove};

} // namespace berth::run::oci
