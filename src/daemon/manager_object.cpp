// SPDX-License-Identifier: LGPL-2.1-or-later
// Manager: the interface as it stands on the bus. dbus/org.berth1.Manager.xml explains it.
#include "manager_object.hpp"

namespace berth::daemon {

namespace {

using M = ManagerObject;
constexpr std::uint64_t kUnprivileged = SD_BUS_VTABLE_UNPRIVILEGED; // the Gate decides

const sd_bus_vtable kVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Version", "s", (bus::property<M, &M::version>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("ApiVersion", "u", (bus::property<M, &M::api_version>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("StorageDriver", "s", (bus::property<M, &M::storage_driver>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),

    SD_BUS_METHOD_WITH_ARGS("CreateContainer",
                            SD_BUS_ARGS("s", name, "s", image, "a{sv}", config, "a{sv}", options),
                            SD_BUS_RESULT("o", container, "s", id, "as", warnings),
                            (bus::method<M, &M::create_container>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("RunContainer",
                            SD_BUS_ARGS("s", name, "s", image, "a{sv}", config, "a{sv}", options),
                            SD_BUS_RESULT("o", container, "s", id, "a{sv}", result, "as", warnings),
                            (bus::method<M, &M::run_container>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("GetContainer", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", container),
                            (bus::method<M, &M::get_container>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ListContainers", SD_BUS_ARGS("a{sv}", filter),
                            SD_BUS_RESULT("aa{sv}", containers),
                            (bus::method<M, &M::list_containers>), kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("PullImage", SD_BUS_ARGS("s", reference, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::pull_image>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("PushImage", SD_BUS_ARGS("s", reference, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::push_image>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("LoadImages", SD_BUS_ARGS("h", tar, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::load_images>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("SaveImages", SD_BUS_ARGS("as", names, "h", tar, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::save_images>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ImportImage", SD_BUS_ARGS("h", tar, "s", reference, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::import_image>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS(
        "BuildImage", SD_BUS_ARGS("h", context, "h", output, "s", dockerfile, "a{sv}", options),
        SD_BUS_RESULT("o", job), (bus::method<M, &M::build_image>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("SearchImages", SD_BUS_ARGS("s", term, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::search_images>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Login", SD_BUS_ARGS("s", host, "h", secret, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<M, &M::login>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Logout", SD_BUS_ARGS("s", host, "a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<M, &M::logout>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("GetImage", SD_BUS_ARGS("s", name), SD_BUS_RESULT("o", image),
                            (bus::method<M, &M::get_image>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ListImages", SD_BUS_ARGS("a{sv}", filter),
                            SD_BUS_RESULT("aa{sv}", images), (bus::method<M, &M::list_images>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("TagImage", SD_BUS_ARGS("s", source, "s", target, "a{sv}", options),
                            SD_BUS_NO_RESULT, (bus::method<M, &M::tag_image>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("RemoveImage", SD_BUS_ARGS("s", name, "a{sv}", options),
                            SD_BUS_RESULT("a(ss)", removed), (bus::method<M, &M::remove_image>),
                            kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("ListNetworks", SD_BUS_ARGS("a{sv}", filter),
                            SD_BUS_RESULT("aa{sv}", networks), (bus::method<M, &M::list_networks>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("CreateNetwork", SD_BUS_ARGS("s", name, "a{sv}", options),
                            SD_BUS_RESULT("s", id), (bus::method<M, &M::create_network>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("RemoveNetwork", SD_BUS_ARGS("s", name, "a{sv}", options),
                            SD_BUS_NO_RESULT, (bus::method<M, &M::remove_network>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ListVolumes", SD_BUS_ARGS("a{sv}", filter),
                            SD_BUS_RESULT("aa{sv}", volumes), (bus::method<M, &M::list_volumes>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("CreateVolume", SD_BUS_ARGS("s", name, "a{sv}", options),
                            SD_BUS_RESULT("s", created), (bus::method<M, &M::create_volume>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("RemoveVolume", SD_BUS_ARGS("s", name, "a{sv}", options),
                            SD_BUS_NO_RESULT, (bus::method<M, &M::remove_volume>), kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("Info", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", info),
                            (bus::method<M, &M::info>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("DiskUsage", SD_BUS_ARGS("a{sv}", options),
                            SD_BUS_RESULT("aa{sv}", usage), (bus::method<M, &M::disk_usage>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Check", SD_BUS_ARGS("a{sv}", options),
                            SD_BUS_RESULT("a(sb)", findings), (bus::method<M, &M::check>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Prune", SD_BUS_ARGS("as", kinds, "a{sv}", options),
                            SD_BUS_RESULT("as", removed, "t", reclaimed),
                            (bus::method<M, &M::prune>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ListJobs", SD_BUS_ARGS("a{sv}", filter), SD_BUS_RESULT("aa{sv}", jobs),
                            (bus::method<M, &M::list_jobs>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("GetJob", SD_BUS_ARGS("u", number), SD_BUS_RESULT("o", job),
                            (bus::method<M, &M::get_job>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("ListEvents", SD_BUS_ARGS("a{sv}", filter),
                            SD_BUS_RESULT("a(tsssa{ss})", events),
                            (bus::method<M, &M::list_events>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("AdoptTerminal", SD_BUS_ARGS("s", key, "h", master), SD_BUS_NO_RESULT,
                            (bus::method<M, &M::adopt_terminal>), kUnprivileged),

    SD_BUS_SIGNAL_WITH_ARGS(
        "Event", SD_BUS_ARGS("t", usec, "s", kind, "s", action, "s", id, "a{ss}", attributes), 0),
    SD_BUS_SIGNAL_WITH_ARGS("JobNew", SD_BUS_ARGS("u", number, "o", job), 0),
    SD_BUS_SIGNAL_WITH_ARGS("JobRemoved", SD_BUS_ARGS("u", number, "o", job, "s", result), 0),
    SD_BUS_VTABLE_END,
};

} // namespace

const sd_bus_vtable* ManagerObject::vtable() noexcept {
    return kVtable;
}

ManagerObject::ManagerObject(Context& context)
    : context_(context), slot_(bus::add_object(context.connection, bus::kRootPath,
                                               bus::kManagerInterface, kVtable, this)) {}

} // namespace berth::daemon
