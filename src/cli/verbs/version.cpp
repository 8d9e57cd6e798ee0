// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "list.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>

#include <berth_config.hpp>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

// Go's names of machines, as docker shows them.
std::string go_architecture(const std::string& machine) {
    if (machine == "x86_64") return "amd64";
    if (machine == "aarch64") return "arm64";
    return machine;
}

nlohmann::json client_object() {
    utsname machine{};
    ::uname(&machine);
    return {
        {"Version", BERTH_VERSION}, {"Os", "linux"}, {"Arch", go_architecture(machine.machine)}};
}

nlohmann::json server_object(const bus::Dict& info) {
    const auto text = [&](const char* key) { return info.get_or<std::string>(key, ""); };
    return {{"Version", text("version")},
            {"Os", "linux"},
            {"Arch", go_architecture(text("architecture"))},
            {"KernelVersion", text("kernel_version")}};
}

void print_part(const char* title, const nlohmann::json& part) {
    const auto text = [&](const char* key) {
        return base::printable(part.value(key, std::string()));
    };
    std::printf("%s:\n Version:        %s\n OS/Arch:        %s/%s\n", title,
                text("Version").c_str(), text("Os").c_str(), text("Arch").c_str());
    if (part.contains("KernelVersion"))
        std::printf(" Kernel Version: %s\n", text("KernelVersion").c_str());
}

} // namespace

int version(Client& client, const Arguments& arguments) {
    std::string format;
    Options options("version", "", "Show the versions of berth and of berthd");
    options.value("-f,--format", "FORMAT", format, "json or a Go template");
    if (!options.parse(arguments)) return 0;
    nlohmann::json object = {{"Client", client_object()}};
    std::string failure;
    try {
        object["Server"] = server_object(client.manager("Info", bus::Dict()).read<bus::Dict>());
    } catch (const Error& error) {
        failure = error.what();
    }
    if (!format.empty()) {
        print_formatted(object, format);
    } else {
        print_part("Client", object["Client"]);
        if (failure.empty()) print_part("\nServer (berthd)", object["Server"]);
    }
    if (failure.empty()) return 0;
    complain(failure);
    return kFailed;
}

} // namespace berth::cli
