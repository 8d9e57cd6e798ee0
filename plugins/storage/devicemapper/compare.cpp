// SPDX-License-Identifier: LGPL-2.1-or-later
#include "compare.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

using File = struct statx;

std::optional<File> look(int dir, const std::string& name) {
    File file{};
    const int result = ::statx(dir, name.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
                               STATX_BASIC_STATS | STATX_BTIME, &file);
    if (result == 0) return file;
    if (errno == ENOENT) return std::nullopt;
    throw_errno("cannot stat a file of a layer");
}

bool equal(const statx_timestamp& left, const statx_timestamp& right) {
    return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

/// The same inode, not one that got the number of another.
bool is_same(const File& origin, const File& file) {
    return origin.stx_ino == file.stx_ino && equal(origin.stx_btime, file.stx_btime) &&
           (origin.stx_mode & S_IFMT) == (file.stx_mode & S_IFMT);
}

class Comparer {
  public:
    Comparer(const std::optional<base::Dir>& origin, int tree, const MayDiffer& may_differ)
        : tree_(tree), may_differ_(may_differ), origin_(origin ? origin->fd() : tree),
          missing_(origin ? 0 : 1) {}

    tar::TreeChanges run() {
        if (missing_ == 0) {
            const auto root = look(tree_, ".");
            unchanged_ = equal(look(origin_.fd(), ".")->stx_ctime, root->stx_ctime);
            if (!unchanged_) find_deletions(tree_, "");
        }
        base::walk_tree(
            tree_, [this](const base::WalkEntry& entry) { return enter(entry); },
            [this](const base::WalkEntry& /*entry*/) { leave(); },
            [this](const base::WalkEntry& entry) { return is_wanted(entry); });
        return std::move(changes_);
    }

  private:
    [[nodiscard]] bool is_wanted(const base::WalkEntry& entry) const;
    bool enter(const base::WalkEntry& entry);
    void leave();
    void find_deletions(int dir, const std::string& prefix);
    void add(const std::string& path, ChangeKind kind);

    int tree_;
    const MayDiffer& may_differ_;
    base::DirStack origin_;  ///< where the walk is, as far as the origin has it
    unsigned missing_;       ///< how many directories further down the walk is
    bool unchanged_ = false; ///< the directory gone into last has the same entries as the origin's
    tar::TreeChanges changes_;
};

bool Comparer::is_wanted(const base::WalkEntry& entry) const {
    const auto type = entry.status.st_mode & S_IFMT;
    return !unchanged_ || type == 0 || type == S_IFDIR || may_differ_(entry.status.st_ino);
}

bool Comparer::enter(const base::WalkEntry& entry) {
    const auto file = look(entry.dir, entry.name);
    if (!file) return false; // gone meanwhile
    const auto origin = missing_ == 0 ? look(origin_.fd(), entry.name) : std::nullopt;
    const bool same = origin && is_same(*origin, *file);
    const bool is_dir = S_ISDIR(file->stx_mode);
    const bool was_dir = origin && S_ISDIR(origin->stx_mode);
    const bool unchanged = same && equal(origin->stx_ctime, file->stx_ctime);
    if (!unchanged) {
        add(entry.path, origin ? ChangeKind::Modified : ChangeKind::Added);
    }
    if (!is_dir) return false;
    unchanged_ = unchanged;
    if (!was_dir) {
        ++missing_;
        return true;
    }
    origin_.push(entry.name);
    if (unchanged) return true;
    const base::Fd now(
        ::openat(entry.dir, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!now) throw_errno("cannot open a directory of a layer");
    find_deletions(now.get(), entry.path + "/");
    return true;
}

void Comparer::leave() {
    if (missing_ > 0) {
        --missing_;
    } else {
        origin_.pop();
    }
}

void Comparer::find_deletions(int dir, const std::string& prefix) {
    for (const auto& name : base::list_names(origin_.fd())) {
        if (!look(dir, name)) add(prefix + name, ChangeKind::Deleted);
    }
}

/// And the directories it lies in, which an archive has to have before it.
void Comparer::add(const std::string& path, ChangeKind kind) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        changes_.try_emplace(path.substr(0, slash), ChangeKind::Modified);
    }
    changes_[path] = kind;
}

} // namespace

tar::TreeChanges compare_trees(const std::optional<base::Dir>& origin, const base::Dir& tree,
                               const MayDiffer& may_differ) {
    return Comparer(origin, tree.fd(), may_differ).run();
}

bool roots_differ(const std::optional<base::Dir>& origin, const base::Dir& tree) {
    if (!origin) return true;
    const auto before = look(origin->fd(), ".");
    const auto now = look(tree.fd(), ".");
    return before->stx_mode != now->stx_mode || before->stx_uid != now->stx_uid ||
           before->stx_gid != now->stx_gid || !equal(before->stx_mtime, now->stx_mtime);
}

} // namespace berth::devicemapper
