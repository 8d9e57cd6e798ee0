// SPDX-License-Identifier: LGPL-2.1-or-later
#include "id_map.hpp"

#include <csignal>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <run/channel.hpp>
#include <run/clone.hpp>

namespace berth::run {

namespace {

std::string map_text(const std::vector<spec::IdMapping>& mappings) {
    std::string text;
    for (const auto& item : mappings) {
        text += std::to_string(item.container_id) + " " + std::to_string(item.host_id) + " " +
                std::to_string(item.size) + "\n";
    }
    return text;
}

void write_proc(pid_t pid, const char* file, const std::string& text) {
    const auto path = "/proc/" + std::to_string(pid) + "/" + file;
    const base::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open '" + path + "'");
    if (::write(fd.get(), text.data(), text.size()) < 0) {
        throw_errno("cannot write the id mappings to '" + path + "'");
    }
}

void write_maps(pid_t pid, const std::vector<spec::IdMapping>& uids,
                const std::vector<spec::IdMapping>& gids) {
    if (::geteuid() != 0) write_proc(pid, "setgroups", "deny");
    write_proc(pid, "uid_map", map_text(uids));
    write_proc(pid, "gid_map", map_text(gids));
}

} // namespace

void map_ids(pid_t pid, const spec::LinuxSection& section) {
    if (section.uid_mappings.empty() || section.gid_mappings.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "a new user namespace needs uidMappings and gidMappings");
    }
    write_maps(pid, section.uid_mappings, section.gid_mappings);
}

void map_mount(int mount, const spec::BundleMount& description, const spec::LinuxSection& section,
               bool recursive) {
    const bool own = !description.uid_mappings.empty();
    const auto& uids = own ? description.uid_mappings : section.uid_mappings;
    const auto& gids = own ? description.gid_mappings : section.gid_mappings;
    if (uids.empty() || gids.empty()) {
        throw Error(ErrorCode::InvalidArgument, "the id-mapped mount on '" +
                                                    description.destination +
                                                    "' needs uidMappings and gidMappings");
    }
    // A user namespace lives as long as a process in it or a descriptor of it.
    const auto channel = make_channel();
    const auto holder =
        clone_process(CLONE_NEWUSER, -1, [&] { static_cast<void>(channel.child.listen()); });
    write_maps(holder.pid, uids, gids);
    const base::Fd space(
        ::open(("/proc/" + std::to_string(holder.pid) + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
    channel.helper.say(Word::Go);
    ::waitpid(holder.pid, nullptr, 0);
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<std::uint64_t>(space.get());
    if (!space || ::mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                                  &attributes, sizeof attributes) < 0) {
        throw_errno("cannot map the ids of the mount on '" + description.destination + "'");
    }
}

} // namespace berth::run
