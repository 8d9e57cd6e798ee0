// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "go_functions.hpp"
#include "human.hpp"
#include "list.hpp"
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

using Json = nlohmann::json;

Json status_pairs(const Json& info) {
    Json pairs = Json::array();
    const Json status = info.value("storage_status", Json::object());
    for (const auto& [key, value] : status.items())
        pairs.push_back({key, value});
    return pairs;
}

// Docker's names of what berthd tells.
Json object_of(const Json& info) {
    const auto get = [&](const char* key) { return info.value(key, Json("")); };
    const auto list = [&](const char* key) { return info.value(key, Json::array()); };
    return {{"Name", get("name")},
            {"ServerVersion", get("version")},
            {"Containers", get("containers")},
            {"ContainersRunning", get("containers_running")},
            {"ContainersPaused", get("containers_paused")},
            {"ContainersStopped", get("containers_stopped")},
            {"Images", get("images")},
            {"Driver", get("storage_driver")},
            {"DriverStatus", status_pairs(info)},
            {"ImagesOfOtherDrivers", info.value("images_of_other_drivers", Json::object())},
            {"LoggingDriver", get("logging_driver")},
            {"CgroupDriver", get("cgroup_driver")},
            {"CgroupVersion", get("cgroup_version")},
            {"Plugins",
             {{"Storage", list("storage_plugins")},
              {"Network", list("network_plugins")},
              {"Registry", list("registry_plugins")},
              {"Volume", {"local"}}}},
            {"UnusablePlugins", info.value("unusable_plugins", Json::object())},
            {"KernelVersion", get("kernel_version")},
            {"OperatingSystem", get("operating_system")},
            {"OSType", "linux"},
            {"Architecture", get("architecture")},
            {"NCPU", get("cpus")},
            {"MemTotal", get("memory")},
            {"DockerRootDir", get("root_directory")}};
}

void line(int depth, const std::string& title, const std::string& value) {
    std::printf("%*s%s: %s\n", depth, "", title.c_str(), safe_output(value).c_str());
}

void print_plugins(const Json& object) {
    std::puts(" Plugins:");
    for (const auto& [kind, names] : object["Plugins"].items()) {
        std::string words;
        for (const auto& name : names)
            words += (words.empty() ? "" : " ") + go::printed(name);
        line(2, kind, words);
    }
    for (const auto& [name, why] : object["UnusablePlugins"].items())
        line(2, "Unusable " + name, go::printed(why));
}

void print_info(const Json& object) {
    const auto text = [&](const char* key) { return go::printed(object[key]); };
    std::puts("Server:");
    line(1, "Containers", text("Containers"));
    line(2, "Running", text("ContainersRunning"));
    line(2, "Paused", text("ContainersPaused"));
    line(2, "Stopped", text("ContainersStopped"));
    line(1, "Images", text("Images"));
    line(1, "Server Version", text("ServerVersion"));
    line(1, "Storage Driver", text("Driver"));
    for (const auto& pair : object["DriverStatus"])
        line(2, go::printed(pair[0]), go::printed(pair[1]));
    for (const auto& [driver, images] : object["ImagesOfOtherDrivers"].items())
        line(2, "Kept for the driver " + driver, go::printed(images));
    line(1, "Logging Driver", text("LoggingDriver"));
    line(1, "Cgroup Driver", text("CgroupDriver"));
    line(1, "Cgroup Version", text("CgroupVersion"));
    print_plugins(object);
    line(1, "Kernel Version", text("KernelVersion"));
    line(1, "Operating System", text("OperatingSystem"));
    line(1, "OSType", text("OSType"));
    line(1, "Architecture", text("Architecture"));
    line(1, "CPUs", text("NCPU"));
    line(1, "Total Memory",
         object["MemTotal"].is_number_unsigned()
             ? human_memory(object["MemTotal"].get<std::uint64_t>())
             : text("MemTotal"));
    line(1, "Name", text("Name"));
    line(1, "Root Dir", text("DockerRootDir"));
}

} // namespace

int info(Client& client, const Arguments& arguments) {
    std::string format;
    Options options("info", "", "Show what berth runs on and how it is set up");
    options.value("-f,--format", "FORMAT", format, "json or a Go template");
    if (!options.parse(arguments)) return 0;
    const auto object = object_of(to_json(client.manager("Info", bus::Dict()).read<bus::Dict>()));
    if (format.empty())
        print_info(object);
    else
        print_formatted(object, format);
    return 0;
}

} // namespace berth::cli
