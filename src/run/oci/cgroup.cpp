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
constexpr unsigned kMaxDepth = 32;

bool is_unified() {
    struct statfs status {};
    return ::statfs(kTop, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

/// "a-b.slice" lies in "a.slice": the directories of a slice by its name.
std::string slice_path(const std::string& slice) {
    constexpr std::string_view kSuffix = ".slice";
    if (slice.empty() || slice == "-.slice") return "";
    const bool fits = slice.size() > kSuffix.size() && slice.ends_with(kSuffix) &&
                      slice.find('/') == std::string::npos;
    if (!fits) {
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

bool names_scope(const std::string& cgroups_path) {
    return !cgroups_path.empty() && cgroups_path.front() != '/' &&
           base::split(cgroups_path, ':').size() == 3;
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

std::vector<std::string> directories_in(const base::Dir& dir) {
    auto names = dir.list();
    std::erase_if(names, [&](const std::string& name) {
        struct stat status {};
        return ::fstatat(dir.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0 ||
               !S_ISDIR(status.st_mode);
    });
    return names;
}

/// A cgroup may go away while it is looked at.
void collect(const base::Dir& dir, std::vector<pid_t>& pids, unsigned depth) {
    const auto list = dir.find_file("cgroup.procs", O_RDONLY);
    if (!list || depth > kMaxDepth) return;
    for (const auto& line :
         base::split(base::read_all(list->get(), 16U << 20U, "cgroup.procs"), '\n')) {
        if (const auto pid = base::parse_number(line, INT32_MAX)) {
            pids.push_back(static_cast<pid_t>(*pid));
        }
    }
    for (const auto& name : directories_in(dir)) {
        if (auto below = dir.find_file(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)) {
            collect(base::Dir(std::move(*below)), pids, depth + 1);
        }
    }
}

void remove_below(const base::Dir& parent, const std::string& name, unsigned depth) {
    if (depth > kMaxDepth) return;
    auto found = parent.find_file(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!found) return;
    const base::Dir dir(std::move(*found));
    for (const auto& entry : directories_in(dir))
        remove_below(dir, entry, depth + 1);
    constexpr timespec kPause{0, 2'000'000};
    for (int attempt = 0; attempt < 500; ++attempt) {
        if (::unlinkat(parent.fd(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
        if (errno != EBUSY) break;
        ::nanosleep(&kPause, nullptr);
    }
    throw_errno("cannot remove the cgroup '" + name + "'");
}

} // namespace

ScopePlace scope_place(const std::string& cgroups_path, const std::string& id) {
    if (cgroups_path.empty()) return {"system.slice", "berth-oci-" + id + ".scope"};
    if (!names_scope(cgroups_path)) {
        throw Error(ErrorCode::InvalidArgument, "cgroupsPath '" + cgroups_path.substr(0, 200) +
                                                    "' is not SLICE:PREFIX:NAME, as systemd's "
                                                    "cgroups are named");
    }
    const auto parts = base::split(cgroups_path, ':');
    const auto name = parts[1].empty() ? parts[2] : parts[1] + "-" + parts[2];
    return {parts[0].empty() ? "system.slice" : parts[0], name + ".scope"};
}

std::string cgroup_place(const std::string& cgroups_path, const std::string& id) {
    if (cgroups_path.empty()) return "/berth-oci-" + id;
    if (!names_scope(cgroups_path)) return clean_path(cgroups_path);
    const auto place = scope_place(cgroups_path, id);
    return slice_path(place.slice) + clean_path(place.scope);
}

bool wants_limits(const spec::CgroupLimits& limits) {
    return limits.memory_limit || limits.memory_swap || limits.memory_reservation ||
           limits.cpu_shares || limits.cpu_quota || limits.cpu_period || limits.cpu_burst ||
           limits.cpu_idle || limits.pids_limit || limits.block_io_weight ||
           !limits.io_weights.empty() || !limits.io_throttles.empty() || !limits.cpus.empty() ||
           !limits.mems.empty() || !limits.unified.empty() || !limits.hugepage_limits.empty() ||
           !limits.rdma.empty();
}

Cgroup make_cgroup(const spec::LinuxSection& section, const std::string& id) {
    const auto place = cgroup_place(section.cgroups_path, id);
    const auto path = kTop + place;
    const bool present = ::access(path.c_str(), F_OK) == 0;
    if (!is_unified() || !make_directories(place)) {
        if (wants_limits(section.limits)) {
            throw Error(ErrorCode::Unsupported,
                        "the bundle asks for limits, and there is no cgroup v2 hierarchy on " +
                            std::string(kTop) + " that may be written");
        }
        log::debug("no cgroup is made: %s can't be written", kTop);
        return {};
    }
    if (present && !processes(path).empty()) {
        throw Error(ErrorCode::Busy, "the cgroup '" + path + "' has processes of somebody else");
    }
    return {path, !present};
}

void enter_cgroup(const std::string& path, pid_t pid) {
    const auto text = std::to_string(pid);
    const base::Fd fd(::open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) {
        throw_errno("cannot put the container into the cgroup '" + path + "'");
    }
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
    if (path.empty() || ::access(path.c_str(), F_OK) < 0) return pids;
    collect(base::Dir::open(path), pids, 0);
    std::sort(pids.begin(), pids.end());
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
