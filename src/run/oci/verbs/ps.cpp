// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <base/dir.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/oci/cgroup.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 1> kPsOptions{{{"format", 'f', "FORMAT", "table or json"}}};

ino_t pid_namespace(const std::string& process) {
    struct stat status {};
    const auto path = "/proc/" + process + "/ns/pid";
    return ::stat(path.c_str(), &status) < 0 ? 0 : status.st_ino;
}

/// Those of the container's pid namespace, or the first one if it has none of its own.
std::vector<pid_t> of_namespace(pid_t first) {
    const auto space = pid_namespace(std::to_string(first));
    if (space == pid_namespace("self")) return {first};
    std::vector<pid_t> pids;
    for (const auto& name : base::Dir::open("/proc").list()) {
        const auto pid = base::parse_number(name, INT32_MAX);
        if (pid && pid_namespace(name) == space) pids.push_back(static_cast<pid_t>(*pid));
    }
    std::sort(pids.begin(), pids.end());
    return pids;
}

int ps(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    const auto format = arguments.text("format", "table");
    if (format != "table" && format != "json") {
        throw Error(ErrorCode::InvalidArgument, "--format is table or json");
    }
    auto pids = processes(found.state.cgroup);
    if (found.state.cgroup.empty() && found.status != Status::Stopped) {
        pids = of_namespace(found.state.pid);
    }
    if (format == "json") {
        print(nlohmann::json(pids).dump());
        return 0;
    }
    print("PID");
    for (const pid_t pid : pids)
        print(std::to_string(pid));
    return 0;
}

} // namespace

const Verb kPsVerb{"ps",       "CONTAINER", "list the processes of a container",
                   kPsOptions, Order::Any,  ps};

} // namespace berth::run::oci
