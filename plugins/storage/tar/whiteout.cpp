// SPDX-License-Identifier: LGPL-2.1-or-later
#include "whiteout.hpp"

#include "names.hpp"

#include <cstdint>
#include <string>
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
    bool reveal(int /*dir*/, const std::string& /*name*/, const std::string& /*path*/) override {
        return false;
    }
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
    /// Whoever makes something finds the device in its place.
    bool reveal(int /*dir*/, const std::string& /*name*/, const std::string& /*path*/) override {
        return false;
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

/// A set of paths, kept as hashes: a million entries must not keep a million strings.
class PathSet {
  public:
    void add(const std::string& path) {
        hashes_.insert(hash(path, [](std::uint64_t) {}));
    }
    [[nodiscard]] bool has(const std::string& path) const {
        return hashes_.count(hash(path, [](std::uint64_t) {})) > 0;
    }
    /// Whether it has the path or a directory the path lies in.
    [[nodiscard]] bool has_above(const std::string& path) const {
        if (hashes_.empty()) return false;
        bool found = hashes_.count(kStart) > 0; // the root, ""
        const std::uint64_t whole =
            hash(path, [&](std::uint64_t prefix) { found = found || hashes_.count(prefix) > 0; });
        return found || hashes_.count(whole) > 0;
    }
    [[nodiscard]] bool empty() const noexcept { return hashes_.empty(); }

  private:
    static constexpr std::uint64_t kStart = 0xcbf29ce484222325; // FNV-1a
    static constexpr std::uint64_t kPrime = 0x100000001b3;

    /// Calls `prefix` with the hash of each directory on the way.
    template <class Prefix>
    static std::uint64_t hash(const std::string& path, const Prefix& prefix) {
        std::uint64_t value = kStart;
        for (const char c : path) {
            if (c == '/') prefix(value);
            value = (value ^ static_cast<unsigned char>(c)) * kPrime;
        }
        return value;
    }

    std::unordered_set<std::uint64_t> hashes_;
};

class AufsWhiteouts : public Whiteouts {
  public:
    void hide(int dir, const std::string& name, const std::string& path) override {
        struct stat status {};
        if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno != ENOENT) throw_errno("cannot stat '" + base::printable(path) + "'");
            make_mark(dir, std::string(kWhiteoutPrefix) + name, path);
            hidden_.add(path);
            return;
        }
        // The archive has an entry of that name already. It stays, and with a mark beside it would
        // not be seen; of a directory only what the layers below have in it goes.
        if (!S_ISDIR(status.st_mode)) return;
        const base::Fd existing(
            ::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!existing) throw_errno("cannot open '" + base::printable(path) + "'");
        hide_content(existing.get(), path);
    }
    bool reveal(int dir, const std::string& name, const std::string& path) override {
        if (hidden_.empty() || !hidden_.has(path)) return false;
        const std::string mark = std::string(kWhiteoutPrefix) + name;
        if (::unlinkat(dir, mark.c_str(), 0) == 0) return true;
        if (errno == ENOENT) return false; // taken back before
        throw_errno("cannot take back the deletion of '" + base::printable(path) + "'");
    }
    void hide_content(int dir, const std::string& path) override {
        make_mark(dir, std::string(kOpaqueName), path);
    }
    void touched(const std::string& /*path*/) override {}
    void replaced_by_directory(int dir) override { hide_content(dir, "a directory"); }
    [[nodiscard]] bool is_whiteout(const struct stat& /*status*/) const override { return false; }

  private:
    static void make_mark(int dir, const std::string& name, const std::string& path) {
        const base::Fd fd(::openat(dir, name.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444));
        if (!fd && errno != EEXIST) throw_errno("cannot hide '" + base::printable(path) + "'");
    }

    PathSet hidden_;
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
        if (!S_ISDIR(status.st_mode)) {
            if (!made_.has(path)) remove(dir, name, 0);
            return;
        }
        const base::Fd inner(
            ::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!inner) throw_errno("cannot open '" + base::printable(path) + "'");
        hide_content(inner.get(), path);
        if (!made_.has(path)) remove(dir, name, AT_REMOVEDIR);
    }

    bool reveal(int /*dir*/, const std::string& /*name*/, const std::string& /*path*/) override {
        return false;
    }

    void hide_content(int dir, const std::string& path) override {
        // Once is enough, or an archive of many markers would walk for ever.
        if (hidden_.has_above(path)) return;
        hidden_.add(path);
        if (made_.empty()) return base::empty_directory(dir);
        const std::string prefix = path.empty() ? path : path + "/";
        const auto made = [&](const base::WalkEntry& entry) {
            return made_.has(prefix + entry.path);
        };
        base::walk_tree(
            dir,
            [&](const base::WalkEntry& entry) {
                if (S_ISDIR(entry.status.st_mode)) return true;
                if (!made(entry)) remove(entry.dir, entry.name, 0);
                return false;
            },
            [&](const base::WalkEntry& entry) {
                if (!made(entry)) remove(entry.dir, entry.name, AT_REMOVEDIR);
            });
    }

    void touched(const std::string& path) override { made_.add(path); }
    void replaced_by_directory(int /*dir*/) override {}
    [[nodiscard]] bool is_whiteout(const struct stat& /*status*/) const override { return false; }

  private:
    static void remove(int dir, const std::string& name, int flags) {
        if (::unlinkat(dir, name.c_str(), flags) == 0) return;
        // A directory stays if this archive made something in it.
        if (flags == AT_REMOVEDIR && (errno == ENOTEMPTY || errno == EEXIST)) return;
        throw_errno("cannot remove '" + base::printable(name) + "'");
    }

    PathSet made_;
    PathSet hidden_; ///< directories that have nothing of the layers below any more
};

} // namespace

std::unique_ptr<Whiteouts> make_whiteouts(WhiteoutStyle style) {
    switch (style) {
    case WhiteoutStyle::Overlay:
        return std::make_unique<OverlayWhiteouts>();
    case WhiteoutStyle::Aufs:
        return std::make_unique<AufsWhiteouts>();
    case WhiteoutStyle::Delete:
        return std::make_unique<DeletingWhiteouts>();
    case WhiteoutStyle::None:
        break;
    }
    return std::make_unique<NoWhiteouts>();
}

} // namespace berth::tar
