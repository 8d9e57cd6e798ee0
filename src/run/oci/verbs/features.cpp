// SPDX-License-Identifier: LGPL-2.1-or-later
#include <berth_config.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <berth/error.hpp>
#include <run/mount_options.hpp>
#include <run/oci/verb.hpp>
#include <run/seccomp_filter.hpp>
#include <spec/capabilities.hpp>

namespace berth::run::oci {

namespace {

using Json = nlohmann::json;

Json enabled(bool is) {
    return {{"enabled", is}};
}

Json seccomp() {
    return {{"enabled", true},
            {"actions", known_filter_actions()},
            {"operators", known_filter_operators()},
            {"archs", known_filter_architectures()},
            {"knownFlags", known_filter_flags()},
            {"supportedFlags", known_filter_flags()}};
}

Json linux_features() {
    return {
        {"namespaces", {"cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"}},
        {"capabilities", spec::all_capabilities()},
        {"cgroup",
         {{"v1", false}, {"v2", true}, {"systemd", true}, {"systemdUser", false}, {"rdma", true}}},
        {"seccomp", seccomp()},
        {"apparmor", enabled(true)},
        {"selinux", enabled(true)},
        {"intelRdt", enabled(false)},
        {"mountExtensions", {{"idmap", enabled(true)}}}};
}

int features(const Globals& /*globals*/, const Arguments& arguments) {
    if (!arguments.rest().empty()) {
        throw Error(ErrorCode::InvalidArgument, "features takes no argument");
    }
    const Json json{{"ociVersionMin", "1.0.0"},
                    {"ociVersionMax", spec::kOciVersion},
                    {"hooks",
                     {"prestart", "createRuntime", "createContainer", "startContainer", "poststart",
                      "poststop"}},
                    {"mountOptions", known_mount_options()},
                    {"linux", linux_features()},
                    {"annotations", {{"org.berth1.version", BERTH_VERSION}}},
                    {"potentiallyUnsafeConfigAnnotations", {"org.berth1."}}};
    print(json.dump(2));
    return 0;
}

} // namespace

const Verb kFeaturesVerb{"features", "",         "print what this runtime can do",
                         {},         Order::Any, features};

} // namespace berth::run::oci
