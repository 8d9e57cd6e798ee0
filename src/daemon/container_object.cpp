// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: the interface as it stands on the bus. dbus/org.berth1.Container.xml explains it.
#include "container_object.hpp"

#include <daemon/subject.hpp>

namespace berth::daemon {

namespace {

using C = ContainerObject;
constexpr std::uint64_t kUnprivileged = SD_BUS_VTABLE_UNPRIVILEGED; // the Gate decides
constexpr std::uint64_t kConst = SD_BUS_VTABLE_PROPERTY_CONST;
constexpr std::uint64_t kChanges = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;

const sd_bus_vtable kVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Id", "s", (bus::property<C, &C::id>), 0, kConst),
    SD_BUS_PROPERTY("Name", "s", (bus::property<C, &C::name>), 0, kChanges),
    SD_BUS_PROPERTY("Image", "s", (bus::property<C, &C::image>), 0, kConst),
    SD_BUS_PROPERTY("ImageRef", "s", (bus::property<C, &C::image_ref>), 0, kConst),
    SD_BUS_PROPERTY("State", "s", (bus::property<C, &C::state>), 0, kChanges),
    SD_BUS_PROPERTY("Unit", "s", (bus::property<C, &C::unit>), 0, 0),
    SD_BUS_PROPERTY("Tty", "b", (bus::property<C, &C::tty>), 0, kConst),
    SD_BUS_PROPERTY("AutoRemove", "b", (bus::property<C, &C::auto_remove>), 0, kConst),
    SD_BUS_PROPERTY("OwnerUID", "u", (bus::property<C, &C::owner_uid>), 0, kConst),
    SD_BUS_PROPERTY("MainPID", "u", (bus::property<C, &C::main_pid>), 0, 0),
    SD_BUS_PROPERTY("ExitCode", "i", (bus::property<C, &C::exit_code>), 0, 0),
    SD_BUS_PROPERTY("RestartCount", "u", (bus::property<C, &C::restart_count>), 0, 0),
    SD_BUS_PROPERTY("CreatedAt", "t", (bus::property<C, &C::created_at>), 0, kConst),
    SD_BUS_PROPERTY("StartedAt", "t", (bus::property<C, &C::started_at>), 0, 0),
    SD_BUS_PROPERTY("FinishedAt", "t", (bus::property<C, &C::finished_at>), 0, 0),

    SD_BUS_METHOD_WITH_ARGS("Start", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", result),
                            (bus::method<C, &C::start>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Stop", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::stop>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Restart", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::restart>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Kill", SD_BUS_ARGS("s", signal, "a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::kill>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Pause", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::pause>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Resume", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::resume>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Remove", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::remove>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Rename", SD_BUS_ARGS("s", name, "a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::rename>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Update", SD_BUS_ARGS("a{sv}", config, "a{sv}", options),
                            SD_BUS_RESULT("as", warnings), (bus::method<C, &C::update>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Wait", SD_BUS_ARGS("a{sv}", options),
                            SD_BUS_RESULT("i", exit_code, "s", error), (bus::method<C, &C::wait>),
                            kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("Attach", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", result),
                            (bus::method<C, &C::attach>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Exec", SD_BUS_ARGS("as", argv, "a{sv}", options),
                            SD_BUS_RESULT("s", exec_id, "a{sv}", result),
                            (bus::method<C, &C::exec>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("WaitExec", SD_BUS_ARGS("s", exec_id), SD_BUS_RESULT("i", exit_code),
                            (bus::method<C, &C::wait_exec>), kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("Commit", SD_BUS_ARGS("s", reference, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<C, &C::commit>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("CopyOut", SD_BUS_ARGS("s", path, "h", tar, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<C, &C::copy_out>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("CopyIn", SD_BUS_ARGS("s", path, "h", tar, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<C, &C::copy_in>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Export", SD_BUS_ARGS("h", tar, "a{sv}", options),
                            SD_BUS_RESULT("o", job), (bus::method<C, &C::export_root>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Changes", SD_BUS_ARGS("a{sv}", options),
                            SD_BUS_RESULT("a(ss)", changes), (bus::method<C, &C::changes>),
                            kUnprivileged),

    SD_BUS_METHOD_WITH_ARGS("Inspect", SD_BUS_ARGS("s", format), SD_BUS_RESULT("s", json),
                            (bus::method<C, &C::inspect>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Top", SD_BUS_ARGS("as", ps_arguments),
                            SD_BUS_RESULT("as", titles, "aas", rows), (bus::method<C, &C::top>),
                            kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Stats", SD_BUS_ARGS("a{sv}", options), SD_BUS_RESULT("a{sv}", stats),
                            (bus::method<C, &C::stats>), kUnprivileged),
    SD_BUS_METHOD_WITH_ARGS("Logs", SD_BUS_ARGS("h", out, "a{sv}", options), SD_BUS_NO_RESULT,
                            (bus::method<C, &C::logs>), kUnprivileged),
    SD_BUS_VTABLE_END,
};

} // namespace

const sd_bus_vtable* ContainerObject::vtable() noexcept {
    return kVtable;
}

ContainerObject::ContainerObject(Context& context)
    : context_(context),
      slot_(bus::add_objects(
          context.connection, kContainerPrefix, kContainerInterface, kVtable, this,
          [this](const std::string& path) { return has_container_at(context_.store, path); })),
      enumerator_(bus::add_enumerator(context.connection, kContainerPrefix, [this] {
          std::vector<std::string> paths;
          for (const auto& record : context_.store.containers()) {
              paths.push_back(container_path(record.id));
          }
          return paths;
      })) {}

} // namespace berth::daemon
