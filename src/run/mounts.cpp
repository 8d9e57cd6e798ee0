// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mounts.hpp"

#include <algorithm>
#include <set>

#include <fcntl.h>
#include <linux/magic.h>
#include <nlohmann/json.hpp>
#include <sys/mount.h>
#include <sys/stat.h>

#include <base/mount.hpp>
#include <berth/error.hpp>
#include <run/copy_up.hpp>
#include <run/mount_options.hpp>
#include <run/target.hpp>

namespace berth::run {

namespace {

/// Kernel file systems, whose mount points must be plain directories of the image.
bool is_kernel_filesystem(const std::string& type) {
    return type == "proc" || type == "sysfs" || type == "cgroup" || type == "cgroup2";
}

bool needs_plain_directory(const spec::BundleMount& mount, const std::string& place) {
    return is_kernel_filesystem(mount.type) || place == "/proc" || place == "/sys" ||
           place == "/dev";
}

base::Fd make_filesystem(const spec::BundleMount& mount, const MountOptions& options) {
    MountStep step;
    step.filesystem = mount.type == "cgroup" ? "cgroup2" : mount.type;
    step.source = mount.source.empty() ? mount.type : mount.source;
    if (!is_kernel_filesystem(mount.type)) step.options = options.data;
    return base::mount_step(step);
}

void apply_attributes(int mount, const MountOptions& options) {
    if (options.set != 0 || options.clear != 0) {
        base::set_mount_attributes(mount, options.set, options.clear, false);
    }
    if (options.recursive_set != 0 || options.recursive_clear != 0) {
        base::set_mount_attributes(mount, options.recursive_set, options.recursive_clear, true);
    }
}

void apply_propagation(int mount, const MountOptions& options) {
    if (options.propagation == 0) return;
    mount_attr attributes{};
    attributes.propagation = options.propagation;
    const int flags = AT_EMPTY_PATH | (options.propagation_recursive ? AT_RECURSIVE : 0);
    if (::mount_setattr(mount, "", static_cast<unsigned>(flags), &attributes, sizeof attributes) <
        0) {
        throw_errno("cannot set the propagation of a mount");
    }
}

std::set<std::string> copy_up_places(const spec::Bundle& bundle) {
    const auto text = bundle.annotation(spec::kAnnotationCopyUp);
    std::set<std::string> places;
    if (text.empty()) return places;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array()) {
        throw Error(ErrorCode::InvalidArgument,
                    std::string(spec::kAnnotationCopyUp) + " is not a list of paths");
    }
    for (const auto& item : list) {
        if (item.is_string()) places.insert(clean_path(item.get<std::string>()));
    }
    return places;
}

/// What lies at the mount's place before it is covered, if it is a directory with something in it.
std::optional<base::Dir> covered_content(const base::Dir& root, const std::string& place) {
    auto fd = root.find_file(place, O_RDONLY | O_DIRECTORY | O_NONBLOCK, base::Resolve::InRoot);
    if (!fd) return std::nullopt;
    base::Dir dir(std::move(*fd));
    if (dir.list().empty()) return std::nullopt;
    return dir;
}

/// Opens a detached or attached mount for reading and writing in it.
base::Dir open_mount(int mount) {
    base::Fd fd(::openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open a mount");
    return base::Dir(std::move(fd));
}

class Maker {
  public:
    Maker(const Launch& launch, const base::Dir& root)
        : root_(root), copy_up_(copy_up_places(launch.bundle)) {}

    void make(const spec::BundleMount& mount, const Source& source) {
        const auto place = clean_path(mount.destination);
        const auto options = parse_mount_options(mount.options);
        if (options.remount) return change(place, options);
        base::Fd own;
        if (!source.mount) own = new_filesystem(mount, options);
        const int fd = own ? own.get() : source.mount.get();
        const bool directory = own ? true : source.directory;
        if (directory && (options.copy_up || copy_up_.count(place) != 0)) fill(fd, place);
        apply_attributes(fd, options);
        const auto target = needs_plain_directory(mount, place)
                                ? make_plain_directory(root_, place)
                                : make_target(root_, place, directory);
        refuse_inside_proc(target.get(), mount, place);
        base::attach_mount(fd, target.get());
        apply_propagation(fd, options);
    }

  private:
    [[nodiscard]] base::Fd new_filesystem(const spec::BundleMount& mount,
                                          const MountOptions& options) const {
        try {
            return make_filesystem(mount, options);
        } catch (const Error& error) {
            // Without a network (cgroup) namespace of its own, a user namespace may not mount
            // sysfs (cgroup2) anew, but may show the host's.
            const bool shown =
                mount.type == "sysfs" || mount.type == "cgroup" || mount.type == "cgroup2";
            if (!shown || (error.sys_errno() != EPERM && error.sys_errno() != EBUSY)) throw;
            return base::clone_mount(AT_FDCWD, mount.type == "sysfs" ? "/sys" : "/sys/fs/cgroup",
                                     true);
        }
    }

    void change(const std::string& place, const MountOptions& options) const {
        const auto target = root_.open_file(place, O_PATH, 0, base::Resolve::InRoot);
        apply_attributes(target.get(), options);
        apply_propagation(target.get(), options);
    }

    void fill(int mount, const std::string& place) const {
        if (const auto content = covered_content(root_, place)) {
            copy_up(*content, open_mount(mount));
        }
    }

    /// Last check, on the descriptor itself: a link of the image may have led into /proc.
    static void refuse_inside_proc(int target, const spec::BundleMount& mount,
                                   const std::string& place) {
        if (place == "/proc" || place.compare(0, 6, "/proc/") == 0) return;
        if (filesystem_type(target) == PROC_SUPER_MAGIC) {
            throw Error(ErrorCode::Denied, "'" + mount.destination +
                                               "' leads into /proc by a symbolic link; nothing is "
                                               "mounted there");
        }
    }

    const base::Dir& root_;
    std::set<std::string> copy_up_;
};

} // namespace

bool is_bind(const spec::BundleMount& mount) noexcept {
    return mount.type == "bind" ||
           std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
               return option == "bind" || option == "rbind";
           });
}

void make_mounts(const Launch& launch, const base::Dir& root) {
    Maker maker(launch, root);
    for (std::size_t index = 0; index < launch.bundle.mounts.size(); ++index) {
        const auto& mount = launch.bundle.mounts[index];
        try {
            maker.make(mount, launch.sources[index]);
        } catch (const Error& error) {
            throw with_context("mount on '" + mount.destination + "'", error);
        }
    }
}

base::Dir own_procfs() {
    MountStep step;
    step.filesystem = "proc";
    step.source = "proc";
    return open_mount(base::mount_step(step).get());
}

} // namespace berth::run
