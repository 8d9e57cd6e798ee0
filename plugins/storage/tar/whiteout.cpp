// SPDX-License-Identifier: LGPL-2.1-or-later
#include "whiteout.hpp"

#include <functional>
#include <unordered_set>

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <base/fd.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

bool is_overlay_whiteout(const struct stat& status) {
    return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

class NoWhiteouts : public Whiteouts {
  public:
    void hide(int /*dir*/, const std::string& /*name*/, const std::string& /*path*/) override {}
    void hide_content(int /*dir*/, const std::string& /*path*/) override {}
    void touched(const std::string& /*path*/) override {}
    void replaced_by_directory(int /*dir*/) override {}
    [[nodiscard]] bool is_whiteout(const struct stat& /*status*/) const override { return false; }
};

class OverlayWhiteouts : public Whiteouts {
  public:
    void hide(int dir, const std::string& name, const std::string& path) override {
        if (::mknodat(dir, name.c_str(), S_IFCHR, makedev(0, 0)) == 0) return;
        if (errno != EEXIST) throw_errno("cannot hide '" + base::printable(path) + "'");
        // The archive has an entry of that name already. It stays; of a directory only what the
        // layers below have in it goes.
        const base::Fd existing(
            ::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (existing) set_opaque(existing.get());
    }
    void hide_content(int dir, const std::string& /*path*/) override { set_opaque(dir); }
    void touched(const std::string& /*path*/) override {}
    void replaced_by_directory(int dir) override { set_opaque(dir); }
    [[nodiscard]] bool is_whiteout(const struct stat& status) const override {
        return is_overlay_whiteout(status);
    }

  private:
    static void set_opaque(int dir) {
        if (::fsetxattr(dir, kOverlayOpaque, "y", 1, 0) < 0) {
            throw_errno("cannot mark a directory opaque");
        }
    }
};

class DeletingWhiteouts : public Whiteouts {
  public:
    void hide(int dir, const std::string& name, const std::string& path) override {
        if (made_.empty()) return base::remove_tree(dir, name);
        struct stat status {};
        if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno == ENOENT) return;
            throw_errno("cannot stat '" + base::printable(path) + "'");
        }
        if (S_ISDIR(status.st_mode)) {
            const base::Fd inner(
                ::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!inner) throw_errno("cannot open '" + base::printable(path) + "'");
            hide_content(inner.get(), path);
            if (!is_made(path)) ::unlinkat(dir, name.c_str(), AT_REMOVEDIR); // stays unless empty
        } else if (!is_made(path) && ::unlinkat(dir, name.c_str(), 0) < 0) {
            throw_errno("cannot remove '" + base::printable(path) + "'");
        }
    }

    void hide_content(int dir, const std::string& path) override {
        if (made_.empty()) return base::empty_directory(dir);
        const std::string prefix = path.empty() ? path : path + "/";
        const auto made = [&](const base::WalkEntry& entry) {
            return is_made(prefix + entry.path);
        };
        base::walk_tree(
            dir,
            [&](const base::WalkEntry& entry) {
                if (S_ISDIR(entry.status.st_mode)) return true;
                if (!made(entry)) remove(entry, 0);
                return false;
            },
            [&](const base::WalkEntry& entry) {
                if (!made(entry)) remove(entry, AT_REMOVEDIR);
            });
    }

    void touched(const std::string& path) override { made_.insert(std::hash<std::string>()(path)); }
    void replaced_by_directory(int /*dir*/) override {}
    [[nodiscard]] bool is_whiteout(const struct stat& /*status*/) const override { return false; }

  private:
    [[nodiscard]] bool is_made(const std::string& path) const {
        return made_.count(std::hash<std::string>()(path)) > 0;
    }
    static void remove(const base::WalkEntry& entry, int flags) {
        if (::unlinkat(entry.dir, entry.name.c_str(), flags) == 0) return;
        // A directory stays if this archive made something in it.
        if (flags == AT_REMOVEDIR && (errno == ENOTEMPTY || errno == EEXIST)) return;
        throw_errno("cannot remove '" + base::printable(entry.path) + "'");
    }

    /// Hashes of the paths: a million entries must not keep a million strings.
    std::unordered_set<std::size_t> made_;
};

} // namespace

std::unique_ptr<Whiteouts> make_whiteouts(WhiteoutStyle style) {
    switch (style) {
    case WhiteoutStyle::Overlay:
        return std::make_unique<OverlayWhiteouts>();
    case WhiteoutStyle::Delete:
        return std::make_unique<DeletingWhiteouts>();
    case WhiteoutStyle::None:
        break;
    }
    return std::make_unique<NoWhiteouts>();
}

} // namespace berth::tar
