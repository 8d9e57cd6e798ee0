// SPDX-License-Identifier: LGPL-2.1-or-later
#include "validate.hpp"

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, "config.json: " + why);
}

[[noreturn]] void lack(const std::string& why) {
    throw Error(ErrorCode::Unsupported, "config.json: " + why);
}

void check_namespaces(const spec::LinuxSection& section) {
    if (section.find(spec::NamespaceType::Mount) == nullptr) {
        lack("linux.namespaces lacks 'mount': a container in the host's own mount namespace would "
             "change the host's mounts");
    }
    const auto* user = section.find(spec::NamespaceType::User);
    const bool mapped = !section.uid_mappings.empty() || !section.gid_mappings.empty();
    if (user == nullptr && mapped) {
        refuse("linux.uidMappings and linux.gidMappings need a 'user' namespace");
    }
    if (user != nullptr && user->path.empty() &&
        (section.uid_mappings.empty() || section.gid_mappings.empty())) {
        refuse("a new 'user' namespace needs linux.uidMappings and linux.gidMappings");
    }
    const auto* time = section.find(spec::NamespaceType::Time);
    if (!section.time_offsets.empty() && (time == nullptr || !time->path.empty())) {
        refuse("linux.timeOffsets need a new 'time' namespace");
    }
}

void check_root(const spec::Bundle& bundle) {
    if (!bundle.annotation(spec::kAnnotationLayer).empty()) {
        lack("the root is a layer of berth's own store, which berth-run mounts; berth-oci needs "
             "root.path");
    }
}

} // namespace

void check_bundle(const spec::Bundle& bundle) {
    const auto& section = bundle.lnx;
    check_root(bundle);
    check_namespaces(section);
    if (section.has_intel_rdt) lack("linux.intelRdt is not supported");
    if (!section.mount_label.empty()) lack("linux.mountLabel is not supported");
    if (!section.limits.unsupported.empty()) {
        lack("linux.resources: cgroup v2 has nothing for " +
             base::join(section.limits.unsupported, ", "));
    }
}

} // namespace berth::run::oci
