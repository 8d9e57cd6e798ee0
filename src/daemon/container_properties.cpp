// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: properties.
#include <algorithm>

#include <container/engine.hpp>
#include <daemon/container_object.hpp>
#include <daemon/subject.hpp>
#include <systemd/units.hpp>

namespace berth::daemon {

namespace {

std::uint64_t to_usec(store::Usec usec) {
    return static_cast<std::uint64_t>(std::max<store::Usec>(usec, 0));
}

} // namespace

container::Condition ContainerObject::condition(const std::string& path) {
    const auto record = container_at(context_.store, path);
    return container::condition_of(record, context_.units.service(record.unit));
}

std::string ContainerObject::id(const std::string& path) {
    return container_at(context_.store, path).id.str();
}

std::string ContainerObject::name(const std::string& path) {
    return container_at(context_.store, path).name;
}

std::string ContainerObject::image(const std::string& path) {
    return container_at(context_.store, path).image_id;
}

std::string ContainerObject::image_ref(const std::string& path) {
    return container_at(context_.store, path).image_ref;
}

std::string ContainerObject::unit(const std::string& path) {
    return container_at(context_.store, path).unit;
}

std::string ContainerObject::state(const std::string& path) {
    return container::state_name(condition(path).state);
}

bool ContainerObject::tty(const std::string& path) {
    return spec::parse_container_spec(container_at(context_.store, path).spec).tty;
}

bool ContainerObject::auto_remove(const std::string& path) {
    return container_at(context_.store, path).auto_remove;
}

std::uint32_t ContainerObject::owner_uid(const std::string& path) {
    return container_at(context_.store, path).owner_uid;
}

std::uint32_t ContainerObject::main_pid(const std::string& path) {
    return static_cast<std::uint32_t>(condition(path).pid);
}

std::int32_t ContainerObject::exit_code(const std::string& path) {
    return container_at(context_.store, path).exit.exit_code;
}

std::uint32_t ContainerObject::restart_count(const std::string& path) {
    return container_at(context_.store, path).restart_count;
}

std::uint64_t ContainerObject::created_at(const std::string& path) {
    return to_usec(container_at(context_.store, path).created);
}

std::uint64_t ContainerObject::started_at(const std::string& path) {
    return to_usec(condition(path).started_at);
}

std::uint64_t ContainerObject::finished_at(const std::string& path) {
    return to_usec(condition(path).finished_at);
}

} // namespace berth::daemon
