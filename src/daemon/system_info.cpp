// SPDX-License-Identifier: LGPL-2.1-or-later
#include "system_info.hpp"

#include <map>
#include <set>

#include <berth_config.hpp>
#include <sys/utsname.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <container/list.hpp>
#include <plugin/loader.hpp>
#include <store/tree.hpp>
#include <systemd/sd-daemon.h>

namespace berth::daemon {

namespace {

std::string os_name() {
    for (const std::string& line : base::split(base::read_file("/etc/os-release"), '\n')) {
        if (!line.starts_with("PRETTY_NAME=")) continue;
        std::string name = line.substr(line.find('=') + 1);
        if (name.size() >= 2 && name.front() == '"') name = name.substr(1, name.size() - 2);
        return name;
    }
    return "Linux";
}

void add_machine(bus::Dict& info) {
    utsname machine{};
    ::uname(&machine);
    const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
    info.set("name", std::string(machine.nodename));
    info.set("kernel_version", std::string(machine.release));
    info.set("architecture", std::string(machine.machine));
    info.set("operating_system", os_name());
    info.set("cpus", static_cast<std::uint64_t>(::sysconf(_SC_NPROCESSORS_ONLN)));
    info.set("memory", pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

void add_containers(bus::Dict& info, container::Engine& engine) {
    std::uint64_t running = 0;
    std::uint64_t paused = 0;
    std::uint64_t all = 0;
    for (const auto& row : container::list_containers(engine, {.all = true})) {
        ++all;
        if (row.condition.state == container::State::Paused)
            ++paused;
        else if (container::is_active(row.condition.state))
            ++running;
    }
    info.set("containers", all);
    info.set("containers_running", running);
    info.set("containers_paused", paused);
    info.set("containers_stopped", all - running - paused);
    info.set("images", static_cast<std::uint64_t>(engine.store().images().size()));
}

/// Images that came by another driver stay where they are until that driver is chosen again.
bus::StringMap images_elsewhere(container::Engine& engine) {
    const std::string& current = engine.config().storage.driver;
    std::map<std::string, std::size_t> counts;
    for (const auto& image : engine.store().images()) {
        std::set<std::string> drivers;
        for (const auto& layer : engine.store().image_layers(image.id))
            drivers.insert(layer.driver);
        drivers.erase(current);
        for (const auto& driver : drivers)
            ++counts[driver];
    }
    bus::StringMap places;
    for (const auto& [driver, count] : counts) {
        places.emplace(driver, std::to_string(count) + (count == 1 ? " image in " : " images in ") +
                                   store::state_dir() + "/storage/" + driver);
    }
    return places;
}

void add_storage(bus::Dict& info, container::Engine& engine) {
    info.set("storage_driver", engine.config().storage.driver);
    bus::StringMap status;
    for (auto& [name, value] : engine.storage().status())
        status.emplace(name, value);
    info.set("storage_status", std::move(status));
    info.set("root_directory", store::state_dir());
    const auto elsewhere = images_elsewhere(engine);
    if (!elsewhere.empty()) info.set("images_of_other_drivers", elsewhere);
}

void add_plugins(bus::Dict& info) {
    std::map<std::string, bus::Strings> usable;
    bus::StringMap refused;
    for (const auto& plugin : plugin::list_plugins(plugin::Depth::Probe)) {
        const std::string kind = plugin::kind_name(plugin.kind);
        if (plugin.usable)
            usable[kind].push_back(plugin.name);
        else
            refused[kind + "/" + plugin.name] = plugin.problem;
    }
    for (const char* kind : {"storage", "network", "registry"}) {
        info.set(std::string(kind) + "_plugins", usable[kind]);
    }
    if (!refused.empty()) info.set("unusable_plugins", std::move(refused));
}

} // namespace

bus::Dict system_info(container::Engine& engine) {
    bus::Dict info{{"version", BERTH_VERSION}};
    add_containers(info, engine);
    add_storage(info, engine);
    add_plugins(info);
    add_machine(info);
    info.set("logging_driver", "journald");
    info.set("cgroup_driver", "systemd");
    info.set("cgroup_version", "2");
    return info;
}

} // namespace berth::daemon
