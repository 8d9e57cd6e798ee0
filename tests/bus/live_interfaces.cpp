// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints what berthd's objects have on the bus, as the bus would tell it: the introspection of each
// interface, then the policy, a line "policy INTERFACE METHOD GUARD ACTION" each. Served over a
// socket pair; compare_interfaces.py reads it.
#include "tests/bus/pair.hpp"

#include <cstdio>
#include <string>

#include <bus/object.hpp>
#include <daemon/container_object.hpp>
#include <daemon/image_object.hpp>
#include <daemon/job_object.hpp>
#include <daemon/manager_object.hpp>
#include <daemon/plugin_object.hpp>
#include <daemon/policy.hpp>

namespace {

using berth::testing::Pair;

void print_interface(const char* interface, const sd_bus_vtable* vtable) {
    Pair pair;
    int nobody = 0; // introspection calls no method and reads no property
    const auto slot = berth::bus::add_object(pair.server, "/object", interface, vtable, &nobody);
    const auto request =
        pair.client.new_call({"", "/object", "org.freedesktop.DBus.Introspectable"}, "Introspect");
    std::printf("interface %s\n%s\nend\n", interface,
                pair.call(request).read<std::string>().c_str());
}

const char* guard_name(berth::daemon::Guard guard) {
    using berth::daemon::Guard;
    switch (guard) {
    case Guard::Open:
        return "open";
    case Guard::Root:
        return "root";
    case Guard::Action:
        return "action";
    case Guard::OwnOpen:
        return "own-open";
    case Guard::Manage:
        return "manage";
    case Guard::Launch:
        return "launch";
    case Guard::Exec:
        return "exec";
    case Guard::Run:
        return "run";
    }
    return "?";
}

} // namespace

int main() {
    namespace daemon = berth::daemon;
    print_interface("org.berth1.Manager", daemon::ManagerObject::vtable());
    print_interface("org.berth1.Container", daemon::ContainerObject::vtable());
    print_interface("org.berth1.Image", daemon::ImageObject::vtable());
    print_interface("org.berth1.Job", daemon::JobObject::vtable());
    print_interface("org.berth1.Worker", daemon::JobObject::worker_vtable());
    print_interface("org.berth1.Plugin", daemon::PluginObject::vtable());
    for (const daemon::PolicyRow& row : daemon::policy_table()) {
        std::printf("policy %s %s %s %s\n", std::string(row.interface).c_str(),
                    std::string(row.method).c_str(), guard_name(row.guard),
                    std::string(row.action).c_str());
    }
}
