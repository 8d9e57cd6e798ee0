// SPDX-License-Identifier: LGPL-2.1-or-later
#include "masks.hpp"

#include <functional>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <base/mount.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr std::uint64_t kNoDevices = MOUNT_ATTR_NODEV;
constexpr std::uint64_t kClosed =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | kNoDevices | MOUNT_ATTR_NOEXEC;

/// Copies of one empty file system: a copy is cheaper than one more file system.
class EmptyDirectories {
  public:
    void cover(int target) {
        base::Fd mount;
        if (shown_) {
            mount = base::clone_mount(shown_.get(), "", false);
        } else {
            MountStep step;
            step.filesystem = "tmpfs";
            step.source = "tmpfs";
            step.options = {{"nr_inodes", "2"}, {"size", "4k"}, {"mode", "755"}};
            mount = base::mount_step(step);
        }
        base::set_mount_attributes(mount.get(), kClosed, 0, false);
        base::attach_mount(mount.get(), target);
        if (!shown_) shown_ = std::move(mount);
    }

  private:
    base::Fd shown_; ///< the first one, attached
};

/// The host's /dev/null, if it is what it should be. The host's tree is still the root here.
base::Fd open_null_device() {
    base::Fd fd(::open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) < 0 || !S_ISCHR(status.st_mode) ||
        status.st_rdev != makedev(1, 3)) {
        throw Error(ErrorCode::Denied, "/dev/null of this host is not the null device (char 1:3)");
    }
    return fd;
}

class Masks {
  public:
    explicit Masks(const base::Dir& root) : root_(root), null_(open_null_device()) {}

    void cover(const std::string& path) {
        const auto target = root_.find_file(path, O_PATH, base::Resolve::InRoot);
        if (!target) return;
        struct stat status {};
        if (::fstat(target->get(), &status) < 0) throw_errno("cannot stat '" + path + "'");
        if (S_ISDIR(status.st_mode)) {
            empty_.cover(target->get());
        } else {
            // The host's own node: a container must not be able to change its mode.
            const auto mount = base::clone_mount(null_.get(), "", false);
            base::set_mount_attributes(mount.get(), kClosed & ~kNoDevices, 0, false);
            base::attach_mount(mount.get(), target->get());
        }
    }

  private:
    const base::Dir& root_;
    base::Fd null_;
    EmptyDirectories empty_;
};

void make_read_only(const base::Dir& root, const std::string& path) {
    const auto target = root.find_file(path, O_PATH, base::Resolve::InRoot);
    if (!target) return;
    const auto view = base::clone_mount(target->get(), "", true);
    base::set_mount_attributes(view.get(), MOUNT_ATTR_RDONLY, 0, true);
    base::attach_mount(view.get(), target->get());
}

} // namespace

void cover_paths(const Launch& launch, const base::Dir& root) {
    const auto each = [](const std::vector<std::string>& paths, const char* what,
                         const std::function<void(const std::string&)>& cover) {
        for (const auto& path : paths) {
            try {
                cover(path);
            } catch (const Error& error) {
                throw with_context(std::string(what) + " path '" + path + "'", error);
            }
        }
    };
    each(launch.bundle.lnx.readonly_paths, "read-only",
         [&](const std::string& path) { make_read_only(root, path); });
    if (launch.bundle.lnx.masked_paths.empty()) return;
    Masks masks(root);
    each(launch.bundle.lnx.masked_paths, "masked",
         [&](const std::string& path) { masks.cover(path); });
}

} // namespace berth::run
