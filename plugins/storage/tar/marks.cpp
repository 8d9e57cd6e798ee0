// SPDX-License-Identifier: LGPL-2.1-or-later
#include "marks.hpp"

#include "names.hpp"
#include "whiteout.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace berth::tar {

namespace {

bool is_device_zero(const struct stat& status) {
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

class OverlayMarks : public Marks {
  public:
    [[nodiscard]] Mark read(const std::string& name, const struct stat& status) const override {
        return {is_device_zero(status) ? Mark::Kind::Deletion : Mark::Kind::File, name};
    }
    [[nodiscard]] bool is_opaque(int dir) const override {
        char value = 0;
        return ::fgetxattr(dir, kOverlayOpaque, &value, 1) == 1 && value == 'y';
    }
    [[nodiscard]] bool hides(int dir, const std::string& name) const override {
        struct stat status {};
        return ::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
               is_device_zero(status);
    }
};

class AufsMarks : public Marks {
  public:
    [[nodiscard]] Mark read(const std::string& name, const struct stat& status) const override {
        if (name.compare(0, kAufsOwnPrefix.size(), kAufsOwnPrefix) == 0) {
            return {Mark::Kind::Own, name};
        }
        if (!S_ISREG(status.st_mode) || name.size() == kWhiteoutPrefix.size() ||
            name.compare(0, kWhiteoutPrefix.size(), kWhiteoutPrefix) != 0) {
            return {Mark::Kind::File, name};
        }
        return {Mark::Kind::Deletion, name.substr(kWhiteoutPrefix.size())};
    }
    [[nodiscard]] bool is_opaque(int dir) const override {
        return has(dir, std::string(kOpaqueName));
    }
    [[nodiscard]] bool hides(int dir, const std::string& name) const override {
        return has(dir, std::string(kWhiteoutPrefix) + name);
    }

  private:
    static bool has(int dir, const std::string& name) {
        return ::faccessat(dir, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    }
};

} // namespace

const Marks& marks_of(BranchStyle style) {
    static const OverlayMarks overlay;
    static const AufsMarks aufs;
    if (style == BranchStyle::Aufs) return aufs;
    return overlay;
}

} // namespace berth::tar
