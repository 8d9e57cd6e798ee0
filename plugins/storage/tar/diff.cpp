// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diff.hpp"

#include "metadata.hpp"
#include "names.hpp"
#include "writer.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <map>

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

using base::Fd;
using base::WalkEntry;

constexpr std::size_t kPiece = 1U << 20U;
/// Holes of less than this in a whole file are not worth a sparse map.
constexpr std::int64_t kWorthwhileHole = 64 * 1024;

std::string shown(const std::string& path) {
    return "'" + base::printable(path) + "'";
}

std::string read_xattr(const std::string& file, const std::string& name) {
    std::string value(65536, '\0');
    const ssize_t length = ::getxattr(file.c_str(), name.c_str(), value.data(), value.size());
    if (length < 0 && errno == ENODATA) return {};
    if (length < 0) throw_errno("cannot read the attribute " + shown(name));
    value.resize(static_cast<std::size_t>(length));
    return value;
}

/// By /proc/self/fd, which takes descriptors that were opened for their path alone.
std::vector<Xattr> read_xattrs(int fd, const std::string& path) {
    const std::string file = base::fd_path(fd);
    std::array<char, 65536> names{};
    const ssize_t length = ::listxattr(file.c_str(), names.data(), names.size());
    if (length < 0 && (errno == EOPNOTSUPP || errno == EPERM)) return {};
    if (length < 0) throw_errno("cannot list the attributes of " + shown(path));
    std::vector<Xattr> xattrs;
    for (auto& name : base::split({names.data(), static_cast<std::size_t>(length)}, '\0')) {
        if (name.empty() || is_foreign_xattr(name)) continue;
        auto value = read_xattr(file, name);
        xattrs.push_back({std::move(name), std::move(value)});
    }
    std::sort(xattrs.begin(), xattrs.end(),
              [](const Xattr& left, const Xattr& right) { return left.name < right.name; });
    return xattrs;
}

std::vector<Extent> find_extents(int fd, std::int64_t size) {
    std::vector<Extent> extents;
    std::int64_t content = 0;
    for (std::int64_t at = 0; at < size;) {
        const off_t start = ::lseek(fd, at, SEEK_DATA);
        if (start < 0) break; // ENXIO: a hole to the end
        const off_t end = std::min<off_t>(::lseek(fd, start, SEEK_HOLE), size);
        if (end <= start) break;
        extents.push_back({start, end - start});
        content += end - start;
        at = end;
    }
    if (size - content < kWorthwhileHole) return {};
    // A map that ends before the file does needs its end said.
    if (extents.empty() || extents.back().offset + extents.back().length < size) {
        extents.push_back({size, 0});
    }
    return extents;
}

std::string link_target(const WalkEntry& entry) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length =
        ::readlinkat(entry.dir, entry.name.c_str(), target.data(), target.size());
    if (length < 0) throw_errno("cannot read the link " + shown(entry.path));
    return {target.data(), static_cast<std::size_t>(length)};
}

class Differ {
  public:
    /// Without `marks` the tree is as it is seen: no whiteouts.
    Differ(int root, int tar_fd, const Marks* marks)
        : root_(root), marks_(marks), writer_(tar_fd), buffer_(kPiece, '\0') {}

    /// A tree as it is seen: no whiteouts, no marks.
    void run_plain(const std::string& name, const std::string& as);

    /// Of a tree without marks, those entries that are changes.
    void run_changes(const TreeChanges& changes, const DiffOptions& options);

    void run(const DiffOptions& options) {
        if (options.with_root) write_root();
        base::walk_tree(root_, [this](const WalkEntry& entry) { return visit(entry); });
        writer_.finish();
    }

  private:
    void write_root();
    void write_deletions(const TreeChanges& changes, const std::string& dir);
    void check_name(const WalkEntry& entry) const;
    bool visit(const WalkEntry& entry);
    bool write_entry(const WalkEntry& entry);
    void write_marker(const std::string& dir, std::string_view name);
    bool write_hard_link(const WalkEntry& entry);
    void write_directory(const WalkEntry& entry);
    void write_file(const WalkEntry& entry);
    void write_other(const WalkEntry& entry);
    void copy_content(int fd, const EntryData& data);
    void copy_piece(int fd, const Extent& extent, const std::string& path);
    void skip_hole(std::int64_t length);

    int root_;
    const Marks* marks_;
    Writer writer_;
    std::string buffer_;
    const std::string zeros_ = std::string(kPiece, '\0');
    std::map<std::pair<dev_t, ino_t>, std::string> linked_;
};

void Differ::write_root() {
    EntryData data;
    data.path = "./";
    if (::fstat(root_, &data.status) < 0) throw_errno("cannot stat the root of a layer");
    data.xattrs = read_xattrs(root_, "/");
    writer_.header(data);
}

bool Differ::visit(const WalkEntry& entry) {
    const auto& status = entry.status;
    const std::size_t slash = entry.path.rfind('/');
    const std::string dir = slash == std::string::npos ? "" : entry.path.substr(0, slash + 1);
    const Mark mark = marks_->read(entry.name, status);
    if (mark.kind == Mark::Kind::Own) return false;
    if (mark.kind == Mark::Kind::Deletion) {
        write_marker(dir, std::string(kWhiteoutPrefix) + mark.name);
        return false;
    }
    check_name(entry);
    return write_entry(entry);
}

void Differ::check_name(const WalkEntry& entry) const {
    if (entry.name.compare(0, kWhiteoutPrefix.size(), kWhiteoutPrefix) != 0) return;
    throw Error(ErrorCode::InvalidArgument,
                "the file " + shown("/" + entry.path) +
                    " can't be part of an image: names that begin with '.wh.' mark deletions "
                    "there; rename or remove it");
}

/// Of what was directly in `dir`, "" or ending in a slash.
void Differ::write_deletions(const TreeChanges& changes, const std::string& dir) {
    for (auto at = changes.lower_bound(dir);
         at != changes.end() && at->first.compare(0, dir.size(), dir) == 0; ++at) {
        if (at->second != ChangeKind::Deleted) continue;
        const std::string name = at->first.substr(dir.size());
        if (name.find('/') != std::string::npos) continue;
        write_marker(dir, std::string(kWhiteoutPrefix) + name);
    }
}

void Differ::run_changes(const TreeChanges& changes, const DiffOptions& options) {
    if (options.with_root) write_root();
    write_deletions(changes, "");
    base::walk_tree(
        root_,
        [&](const WalkEntry& entry) {
            check_name(entry);
            if (!write_entry(entry)) return false;
            write_deletions(changes, entry.path + "/");
            return true;
        },
        {}, [&](const WalkEntry& entry) { return changes.count(entry.path) > 0; });
    writer_.finish();
}

bool Differ::write_entry(const WalkEntry& entry) {
    const auto& status = entry.status;
    if (S_ISDIR(status.st_mode)) {
        write_directory(entry);
        return true;
    }
    if (S_ISSOCK(status.st_mode) || write_hard_link(entry)) return false;
    if (S_ISREG(status.st_mode)) {
        write_file(entry);
    } else {
        write_other(entry);
    }
    return false;
}

// Of the epoch: when a layer was unpacked must not show in its bytes.
void Differ::write_marker(const std::string& dir, std::string_view name) {
    EntryData data;
    data.path = dir + std::string(name);
    data.status.st_mode = S_IFREG;
    writer_.header(data);
}

bool Differ::write_hard_link(const WalkEntry& entry) {
    if (entry.status.st_nlink < 2) return false;
    const auto [first, is_new] =
        linked_.try_emplace({entry.status.st_dev, entry.status.st_ino}, entry.path);
    if (is_new) return false;
    EntryData data;
    data.path = entry.path;
    data.status = entry.status;
    data.hard_link = first->second;
    writer_.header(data);
    return true;
}

void Differ::write_directory(const WalkEntry& entry) {
    const Fd fd(
        ::openat(entry.dir, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw_errno("cannot open " + shown(entry.path));
    EntryData data;
    data.path = entry.path + "/";
    data.status = entry.status;
    data.xattrs = read_xattrs(fd.get(), entry.path);
    writer_.header(data);
    if (marks_ != nullptr && marks_->is_opaque(fd.get())) write_marker(data.path, kOpaqueName);
}

void Differ::write_file(const WalkEntry& entry) {
    const Fd fd(::openat(entry.dir, entry.name.c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
    if (!fd) throw_errno("cannot open " + shown(entry.path));
    EntryData data;
    data.path = entry.path;
    if (::fstat(fd.get(), &data.status) < 0) throw_errno("cannot stat " + shown(entry.path));
    if (!S_ISREG(data.status.st_mode)) {
        throw Error(ErrorCode::Busy, shown("/" + entry.path) + " was replaced while it was read");
    }
    data.xattrs = read_xattrs(fd.get(), entry.path);
    const auto& status = data.status;
    if (status.st_size - status.st_blocks * 512 >= kWorthwhileHole) {
        data.extents = find_extents(fd.get(), status.st_size);
    }
    writer_.header(data);
    copy_content(fd.get(), data);
}

void Differ::copy_piece(int fd, const Extent& extent, const std::string& path) {
    std::int64_t from = extent.offset;
    std::int64_t length = extent.length;
    while (length > 0) {
        const auto wanted = std::min<std::size_t>(static_cast<std::size_t>(length), kPiece);
        const ssize_t count = ::pread(fd, buffer_.data(), wanted, from);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno("cannot read " + shown(path));
        // A file that got shorter meanwhile keeps the size its header has.
        if (count == 0) return skip_hole(length);
        writer_.content({buffer_.data(), static_cast<std::size_t>(count)});
        from += count;
        length -= count;
    }
}

void Differ::skip_hole(std::int64_t length) {
    for (; length > 0; length -= static_cast<std::int64_t>(kPiece)) {
        const auto part = std::min<std::size_t>(static_cast<std::size_t>(length), kPiece);
        writer_.content({zeros_.data(), part});
    }
}

void Differ::copy_content(int fd, const EntryData& data) {
    if (data.extents.empty()) return copy_piece(fd, {0, data.status.st_size}, data.path);
    std::int64_t at = 0;
    for (const auto& extent : data.extents) {
        skip_hole(extent.offset - at);
        copy_piece(fd, extent, data.path);
        at = extent.offset + extent.length;
    }
}

void Differ::write_other(const WalkEntry& entry) {
    EntryData data;
    data.path = entry.path;
    data.status = entry.status;
    const Fd fd(::openat(entry.dir, entry.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) throw_errno("cannot open " + shown(entry.path));
    data.xattrs = read_xattrs(fd.get(), entry.path);
    if (S_ISLNK(entry.status.st_mode)) data.link = link_target(entry);
    writer_.header(data);
}

void Differ::run_plain(const std::string& name, const std::string& as) {
    WalkEntry top{.dir = root_, .name = name.empty() ? "." : name, .path = as};
    if (::fstatat(root_, top.name.c_str(), &top.status, AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot stat " + shown(as));
    }
    const bool is_dir = as.empty() ? S_ISDIR(top.status.st_mode) : write_entry(top);
    if (is_dir) {
        const Fd below(
            ::openat(root_, top.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!below) throw_errno("cannot open " + shown(as));
        const std::string prefix = as.empty() ? "" : as + "/";
        base::walk_tree(below.get(), [&](const WalkEntry& entry) {
            WalkEntry placed = entry;
            placed.path = prefix + entry.path;
            return write_entry(placed);
        });
    }
    writer_.finish();
}

} // namespace

void write_tree(int dir, const std::string& name, const std::string& as, int tar_fd) {
    Differ(dir, tar_fd, nullptr).run_plain(name, as);
}

void write_tree_changes(int root, int tar_fd, const TreeChanges& changes,
                        const DiffOptions& options) {
    Differ(root, tar_fd, nullptr).run_changes(changes, options);
}

void write_branch_diff(int root, int tar_fd, const Marks& marks, const DiffOptions& options) {
    Differ(root, tar_fd, &marks).run(options);
}

} // namespace berth::tar
