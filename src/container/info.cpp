// SPDX-License-Identifier: LGPL-2.1-or-later
#include "info.hpp"

#include <algorithm>

#include <berth_config.hpp>
#include <sys/utsname.h>
#include <unistd.h>

#include <base/cgroup.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <container/process_table.hpp>
#include <container/state.hpp>

namespace berth::container {

namespace {

std::string read_host_file(const std::string& path) {
    try {
        return base::read_file(path, 64U << 10U);
    } catch (const Error&) {
        return {};
    }
}

void count_containers(Engine& engine, SystemInfo& info) {
    const auto records = engine.store().containers();
    std::vector<std::string> units;
    for (const auto& record : records)
        units.push_back(record.unit);
    const auto statuses = engine.units().statuses(units);
    info.containers = records.size();
    for (std::size_t index = 0; index < records.size(); ++index) {
        switch (condition_of(records[index], statuses[index]).state) {
        case State::Running:
        case State::Restarting:
            ++info.containers_running;
            break;
        case State::Paused:
            ++info.containers_paused;
            break;
        default:
            ++info.containers_stopped;
        }
    }
}

/// PRETTY_NAME of os-release(5), without its quotes.
std::string operating_system() {
    for (const auto& line : base::split(read_host_file("/etc/os-release"), '\n')) {
        constexpr std::string_view kKey = "PRETTY_NAME=";
        if (line.rfind(kKey, 0) != 0) continue;
        std::string value = line.substr(kKey.size());
        std::erase(value, '"');
        return base::printable(value);
    }
    return "Linux";
}

void describe_machine(SystemInfo& info) {
    utsname name{};
    if (::uname(&name) == 0) {
        info.name = static_cast<const char*>(name.nodename);
        info.kernel = static_cast<const char*>(name.release);
        info.architecture = static_cast<const char*>(name.machine);
    }
    info.operating_system = operating_system();
    info.cpus = static_cast<std::uint64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
    info.memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                  static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void describe_cgroups(SystemInfo& info) {
    const std::string controllers = read_host_file(base::cgroup_path("/cgroup.controllers"));
    for (const auto& controller : base::split(base::trim(controllers), ' ')) {
        if (!controller.empty()) info.cgroup_controllers.push_back(controller);
    }
    info.cgroup_version = base::cgroup_path("") == "/sys/fs/cgroup" ? "2" : "1";
    for (const char* needed : {"cpu", "memory", "pids"}) {
        const auto& has = info.cgroup_controllers;
        if (std::find(has.begin(), has.end(), needed) != has.end()) continue;
        info.warnings.push_back(std::string("the kernel offers no ") + needed +
                                " controller in cgroup v2: such limits have no effect");
    }
}

} // namespace

SystemInfo system_info(Engine& engine) {
    SystemInfo info{.version = BERTH_VERSION};
    count_containers(engine, info);
    info.images = engine.store().images().size();
    info.storage_driver = engine.config().storage.driver;
    info.default_network = engine.config().network.default_network;
    info.root_dir = store::state_dir();
    try {
        info.storage_status = engine.storage().status();
    } catch (const Error& error) {
        info.warnings.push_back(std::string("the storage plugin can't be used: ") + error.what());
    }
    describe_machine(info);
    describe_cgroups(info);
    return info;
}

} // namespace berth::container
