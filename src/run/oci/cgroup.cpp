// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cgroup.hpp"

#include <algorithm>
#include <ctime>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/target.hpp>

namespace berth::run::oci {

namespace {

constexpr const char* kTop = "/sys/fs/cgroup";

bool is_unified() {
    struct statfs status {};
    return ::statfs(kTop, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

/// "a-b.slice" lies in "a.slice": the directories of a slice by its name.
std::string slice_path(const std::string& slice) {
    constexpr std::string_view kSuffix = ".slice";
    if (slice.empty() || slice == "-.slice") return "";
    if (slice.size() <= kSuffix.size() || slice.substr(slice.size() - kSuffix.size()) != kSuffix) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + slice.substr(0, 100) + "' in cgroupsPath is no slice");
    }
    std::string path;
    const auto stem = slice.substr(0, slice.size() - kSuffix.size());
    for (auto dash = stem.find('-'); dash != std::string::npos; dash = stem.find('-', dash + 1)) {
        path += "/" + stem.substr(0, dash) + ".slice";
    }
    return path + "/" + slice;
}

std::string place_of(const spec::LinuxSection& section, const std::string& id) {
    const auto& wanted = section.cgroups_path;
    if (wanted.empty()) return "/berth-oci/" + id;
    const auto parts = base::split(wanted, ':');
    if (wanted.front() != '/' && parts.size() == 3) {
        const auto name = parts[1].empty() ? parts[2] : parts[1] + "-" + parts[2];
        return slice_path(parts[0]) + clean_path(name) + ".scope";
    }
    return clean_path(wanted);
}

/// All controllers a directory has are passed on to those below it, as far as that is allowed.
void pass_controllers(const std::string& directory) {
    const base::Fd list(::open((directory + "/cgroup.controllers").c_str(), O_RDONLY | O_CLOEXEC));
    if (!list) return;
    const base::Fd control(
        ::open((directory + "/cgroup.subtree_control").c_str(), O_WRONLY | O_CLOEXEC));
    const auto names = base::read_all(list.get(), 4096, "cgroup.controllers");
    for (const auto& name : base::split(base::trim(names), ' ')) {
        const auto word = "+" + name;
        if (name.empty() || ::write(control.get(), word.data(), word.size()) >= 0) continue;
        log::debug("controller '%s' can't be passed on in '%s'", name.c_str(), directory.c_str());
    }
}

/// False when the hierarchy can't be written here.
bool make_directories(const std::string& place) {
    std::string path = kTop;
    for (const auto& part : base::split(place, '/')) {
        if (part.empty()) continue;
        pass_controllers(path);
        path += "/" + part;
        if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) continue;
        if (errno == EACCES || errno == EPERM || errno == EROFS) return false;
        throw_errno("cannot make the cgroup '" + path + "'");
    }
    return true;
}

bool wants_limits(const spec::CgroupLimits& limits) {
    return limits.memory_limit || limits.memory_swap || limits.memory_reservation ||
           limits.cpu_shares || limits.cpu_quota || limits.pids_limit || limits.block_io_weight ||
           !limits.cpus.empty() || !limits.mems.empty() || !limits.unified.empty() ||
           !limits.hugepage_limits.empty();
}

void remove_below(const base::Dir& parent, const std::string& name, unsigned depth) {
    if (depth > 32) return;
    const auto dir = parent.find_file(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!dir) return;
    const base::Dir own(base::Fd(::fcntl(dir->get(), F_DUPFD_CLOEXEC, 3)));
    for (const auto& entry : own.list()) {
        struct stat status {};
        if (::fstatat(own.fd(), entry.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(status.st_mode)) {
            remove_below(own, entry, depth + 1);
        }
    }
    constexpr timespec kPause{0, 2'000'000};
    for (int attempt = 0; attempt < 500; ++attempt) {
        if (::unlinkat(parent.fd(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
        if (errno != EBUSY) break;
        ::nanosleep(&kPause, nullptr);
    }
    throw_errno("cannot remove the cgroup '" + name + "'");
}

} // namespace

Cgroup make_cgroup(const spec::LinuxSection& section, const std::string& id) {
    const auto place = place_of(section, id);
    if (!is_unified() || !make_directories(place)) {
        if (wants_limits(section.limits)) {
            throw Error(ErrorCode::Unsupported,
                        "the bundle asks for limits, and there is no cgroup v2 hierarchy on " +
                            std::string(kTop) + " that may be written");
        }
        if (!section.cgroups_path.empty()) {
            log::debug("no cgroup is made: %s can't be written", kTop);
        }
        return {};
    }
    Cgroup cgroup{kTop + place, {}};
    cgroup.fd.reset(::open(cgroup.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!cgroup.fd) throw_errno("cannot open the cgroup '" + cgroup.path + "'");
    return cgroup;
}

void freeze(const std::string& path, bool frozen) {
    if (path.empty()) {
        throw Error(ErrorCode::Unsupported, "the container has no cgroup of its own to freeze");
    }
    const base::Fd fd(::open((path + "/cgroup.freeze").c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), frozen ? "1" : "0", 1) < 0) {
        throw_errno("cannot change the freezer of '" + path + "'");
    }
    if (!frozen) return;
    constexpr timespec kPause{0, 1'000'000};
    for (int attempt = 0; attempt < 2000; ++attempt) {
        const auto events = base::read_file(path + "/cgroup.events", 4096);
        if (events.find("frozen 1") != std::string::npos) return;
        ::nanosleep(&kPause, nullptr);
    }
    throw Error(ErrorCode::Busy, "the container did not freeze within two seconds");
}

std::vector<pid_t> processes(const std::string& path) {
    std::vector<pid_t> pids;
    if (path.empty()) return pids;
    for (const auto& line : base::split(base::read_file(path + "/cgroup.procs"), '\n')) {
        if (const auto pid = base::parse_number(line, INT32_MAX)) {
            pids.push_back(static_cast<pid_t>(*pid));
        }
    }
    return pids;
}

void kill_all(const std::string& path) {
    const base::Fd fd(::open((path + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), "1", 1) < 0) throw_errno("cannot kill what is in '" + path + "'");
}

void remove_cgroup(const std::string& path) {
    if (path.empty() || ::access(path.c_str(), F_OK) < 0) return;
    const auto slash = path.rfind('/');
    remove_below(base::Dir::open(path.substr(0, slash)), path.substr(slash + 1), 0);
}

} // namespace berth::run::oci
