// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mount.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <base/dir.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::base {

namespace {

struct Attribute {
    std::string_view name;
    std::uint64_t set;
    unsigned long flag; ///< the same for mount(2)
};

constexpr std::array<Attribute, 7> kAttributes{{
    {"ro", MOUNT_ATTR_RDONLY, MS_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, MS_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, MS_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, MS_NOEXEC},
    {"noatime", MOUNT_ATTR_NOATIME, MS_NOATIME},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, MS_NODIRATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 256 /* MS_NOSYMFOLLOW, missing in glibc 2.36 */},
}};

const Attribute* find_attribute(const std::pair<std::string, std::string>& option) {
    if (!option.second.empty()) return nullptr;
    const auto* found =
        std::find_if(kAttributes.begin(), kAttributes.end(),
                     [&](const Attribute& attribute) { return attribute.name == option.first; });
    return found == kAttributes.end() ? nullptr : found;
}

std::uint64_t attributes_of(const MountStep& step) {
    std::uint64_t set = step.read_only ? MOUNT_ATTR_RDONLY : 0;
    for (const auto& option : step.options) {
        if (const auto* attribute = find_attribute(option)) set |= attribute->set;
    }
    return set;
}

unsigned long flags_of(const MountStep& step) {
    unsigned long flags = step.read_only ? MS_RDONLY : 0;
    for (const auto& option : step.options) {
        if (const auto* attribute = find_attribute(option)) flags |= attribute->flag;
    }
    return flags;
}

/// Runs `work` in a thread that no longer shares what `flags` name with the process.
void run_apart(int flags, const std::function<void()>& work) {
    std::exception_ptr failure;
    std::thread([&] {
        try {
            if (::unshare(flags) < 0) throw_errno("cannot part from the process");
            work();
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) std::rethrow_exception(failure);
}

/// Runs `work` with `directory` as its working directory, which is otherwise the whole process's.
void run_in_directory(const std::string& directory, const std::function<void()>& work) {
    if (directory.empty()) return work();
    run_apart(CLONE_FS, [&] {
        if (::chdir(directory.c_str()) < 0) throw_errno("cannot enter '" + directory + "'");
        work();
    });
}

/// What the kernel wrote to the fs context: one message a read, "e overlay: ...".
std::string context_log(int context) {
    std::string log;
    std::array<char, 1024> line{};
    for (int count = 0; count < 16; ++count) {
        const ssize_t length = ::read(context, line.data(), line.size());
        if (length <= 2) break;
        const std::string_view message(line.data() + 2, static_cast<std::size_t>(length) - 2);
        log += log.empty() ? " (" : "; ";
        log += printable(trim(message));
    }
    return log.empty() ? log : log + ")";
}

[[noreturn]] void throw_context(int context, const std::string& what) {
    const int cause = errno;
    throw Error(code_from_errno(cause), what + ": " + std::strerror(cause) + context_log(context),
                cause);
}

void configure(int context, const MountStep& step,
               const std::pair<std::string, std::string>& option) {
    const auto& [key, value] = option;
    const int status =
        value.empty() ? ::fsconfig(context, FSCONFIG_SET_FLAG, key.c_str(), nullptr, 0)
                      : ::fsconfig(context, FSCONFIG_SET_STRING, key.c_str(), value.c_str(), 0);
    if (status == 0) return;
    throw_context(context, "cannot set the option '" + key + (value.empty() ? "" : "=" + value) +
                               "' of a mount of type '" + step.filesystem + "'");
}

Fd make_filesystem(const MountStep& step) {
    const Fd context(::fsopen(step.filesystem.c_str(), FSOPEN_CLOEXEC));
    if (!context) throw_errno("cannot use the file system '" + step.filesystem + "'");
    if (!step.source.empty()) configure(context.get(), step, {"source", step.source});
    for (const auto& option : step.options) {
        if (find_attribute(option) == nullptr) configure(context.get(), step, option);
    }
    if (step.frozen) configure(context.get(), step, {"ro", ""});
    const std::string what = "cannot mount '" + step.source + "' of type '" + step.filesystem + "'";
    if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0) {
        throw_context(context.get(), what);
    }
    Fd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes_of(step))));
    if (!mount) throw_context(context.get(), what);
    return mount;
}

Fd make_bind(const MountStep& step) {
    const bool recursive = std::any_of(step.options.begin(), step.options.end(),
                                       [](const auto& option) { return option.first == "rec"; });
    Fd mount = clone_mount(AT_FDCWD, step.source, recursive);
    if (const auto set = attributes_of(step)) {
        set_mount_attributes(mount.get(), set, 0, recursive);
    }
    return mount;
}

std::string joined_options(const MountStep& step) {
    std::vector<std::string> words;
    for (const auto& option : step.options) {
        if (find_attribute(option) != nullptr) continue;
        words.push_back(option.second.empty() ? option.first : option.first + "=" + option.second);
    }
    return join(words, ",");
}

void mount_classic(const MountStep& step, const std::string& target) {
    const std::string what = "cannot mount '" + step.source + "' of type '" + step.filesystem + "'";
    const std::string options = joined_options(step);
    if (options.size() >= static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
        throw Error(ErrorCode::Exhausted, what + ": its options take " +
                                              std::to_string(options.size()) +
                                              " bytes, more than the page mount(2) takes");
    }
    const unsigned long flags = flags_of(step);
    if (::mount(step.source.c_str(), target.c_str(), step.filesystem.c_str(), flags,
                options.c_str()) < 0) {
        throw_errno(what);
    }
    for (const auto& append : step.appends) {
        if (::mount(step.source.c_str(), target.c_str(), step.filesystem.c_str(),
                    flags | MS_REMOUNT, append.c_str()) == 0) {
            continue;
        }
        const int cause = errno;
        ::umount2(target.c_str(), MNT_DETACH);
        throw_errno(what + " and append to it", cause);
    }
}

void mount_step_at(const MountStep& step, const std::string& target) {
    if (!step.classic) {
        attach_mount(mount_step(step).get(), target);
        return;
    }
    // The target is held before the working directory changes: it may be relative.
    const Fd held(::open(target.c_str(), O_PATH | O_CLOEXEC));
    if (!held) throw_errno("cannot open the mount point '" + target + "'");
    run_in_directory(step.work_dir, [&] { mount_classic(step, fd_path(held.get())); });
}

} // namespace

bool can_be_detached(const MountPlan& plan) noexcept {
    return plan.steps.size() == 1 && !plan.steps.front().classic;
}

Fd mount_step(const MountStep& step) {
    if (step.classic) {
        throw Error(ErrorCode::Unsupported,
                    "a mount of type '" + step.filesystem +
                        "' by mount(2) can only be made in place, not detached");
    }
    Fd mount;
    run_in_directory(step.work_dir, [&] {
        mount = step.filesystem == "bind" ? make_bind(step) : make_filesystem(step);
    });
    return mount;
}

Fd mount_detached(const MountPlan& plan) {
    if (plan.steps.size() != 1) {
        throw Error(ErrorCode::Unsupported,
                    "a plan of " + std::to_string(plan.steps.size()) +
                        " mounts can only be carried out in place, not detached");
    }
    return mount_step(plan.steps.front());
}

void mount_at(const MountPlan& plan, const std::string& target) {
    std::size_t done = 0;
    try {
        for (const auto& step : plan.steps) {
            mount_step_at(step, target);
            ++done;
        }
    } catch (const Error& error) {
        for (; done > 0; --done)
            ::umount2(target.c_str(), MNT_DETACH);
        throw;
    }
}

Fd open_mounted(const MountPlan& plan, const std::string& mount_point) {
    Fd root;
    const auto open_root = [&](int dir, const std::string& path) {
        root.reset(::openat(dir, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!root) throw_errno("cannot open a mounted tree");
    };
    if (can_be_detached(plan)) {
        open_root(mount_detached(plan).get(), ".");
        return root;
    }
    // The namespace ends with the thread; the descriptor keeps the mount.
    run_apart(CLONE_NEWNS, [&] {
        make_mounts_private();
        mount_at(plan, mount_point);
        open_root(AT_FDCWD, mount_point);
    });
    return root;
}

Fd clone_mount(int dir, const std::string& path, bool recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW;
    if (path.empty()) flags |= AT_EMPTY_PATH;
    if (recursive) flags |= AT_RECURSIVE;
    Fd mount(::open_tree(dir, path.c_str(), flags));
    if (!mount) throw_errno("cannot make a bind mount of '" + path + "'");
    mount_attr attributes{};
    attributes.propagation = MS_PRIVATE;
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                        &attributes, sizeof attributes) < 0) {
        throw_errno("cannot make the bind mount of '" + path + "' private");
    }
    return mount;
}

void attach_mount(int mount, int target) {
    if (::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) <
        0) {
        throw_errno("cannot attach a mount");
    }
}

void attach_mount(int mount, const std::string& target) {
    if (::move_mount(mount, "", AT_FDCWD, target.c_str(),
                     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0) {
        throw_errno("cannot mount on '" + target + "'");
    }
}

void set_mount_attributes(int mount, std::uint64_t set, std::uint64_t clear, bool recursive) {
    mount_attr attributes{};
    attributes.attr_set = set;
    attributes.attr_clr = clear;
    if (::mount_setattr(mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attributes,
                        sizeof attributes) < 0) {
        throw_errno("cannot change the attributes of a mount");
    }
}

void make_mounts_private() {
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
        throw_errno("cannot make the mounts of this namespace private");
    }
}

} // namespace berth::base
