// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_in.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <archive_entry.h>
#include <fcntl.h>
#include <plugins/storage/tar/metadata.hpp>
#include <plugins/storage/tar/names.hpp>
#include <plugins/storage/tar/reader.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <image/cancel.hpp>
#include <image/container_tree.hpp>
#include <image/copy_path.hpp>

namespace berth::image {

namespace {

struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
};

std::optional<Owner> parse_owner(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto parts = base::split(text, ':');
    const auto uid = base::parse_number(parts.front(), UINT32_MAX - 1);
    const auto gid = base::parse_number(parts.back(), UINT32_MAX - 1);
    if (parts.size() != 2 || !uid || !gid) {
        throw Error(ErrorCode::InvalidArgument, "'" + text + "' is not of the form uid:gid");
    }
    return Owner{static_cast<uid_t>(*uid), static_cast<gid_t>(*gid)};
}

std::string first_component(const std::string& path) {
    return path.substr(0, path.find('/'));
}

/// Where the archive's entries go: below `base`, the root entry perhaps under another name.
struct Target {
    std::string base;
    std::string rename_to; ///< empty: as in the archive
};

class Extraction {
  public:
    Extraction(const base::Dir& root, const spec::CopyInRequest& request, int tar_fd)
        : root_(root), request_(request), owner_(parse_owner(request.owner)), reader_(tar_fd) {}

    void run() {
        while (archive_entry* entry = reader_.next()) {
            throw_if_cancelled();
            const char* raw = archive_entry_pathname(entry);
            const std::string path = tar::clean_path(raw != nullptr ? raw : "");
            if (!target_) target_ = choose_target(path, entry);
            if (!path.empty()) place(path, entry);
        }
        reader_.drain();
        finish_directories();
    }

  private:
    Target choose_target(const std::string& first, archive_entry* entry);
    Target contents_target(const CopyPath& wanted, const Found& found);
    std::string placed(const std::string& path) const;
    void place(const std::string& path, archive_entry* entry);
    void make_directory(const base::Dir& dir, const std::string& name, const std::string& path);
    void make_other(const base::Dir& dir, const std::string& name, archive_entry* entry,
                    const std::string& path);
    void make_file(const base::Dir& dir, const std::string& name, archive_entry* entry,
                   const tar::Metadata& metadata, const std::string& path);
    void make_hard_link(const base::Dir& dir, const std::string& name, const std::string& target);
    void make_room(const base::Dir& dir, const std::string& name, const std::string& path);
    void write_content(int fd, archive_entry* entry);
    void finish_directories();
    tar::Metadata metadata_of(archive_entry* entry, const std::string& path) const;

    /// A directory gets its metadata when all in it is written.
    struct Directory {
        std::string path;
        tar::Metadata metadata;
    };

    const base::Dir& root_;
    const spec::CopyInRequest& request_;
    std::optional<Owner> owner_;
    tar::Reader reader_;
    tar::MetadataWriter metadata_writer_;
    std::optional<Target> target_;
    std::vector<Directory> directories_;
};

[[noreturn]] void refuse(const std::string& text) {
    throw Error(ErrorCode::InvalidArgument, text);
}

Target Extraction::contents_target(const CopyPath& wanted, const Found& found) {
    if (!found.status) {
        static_cast<void>(root_.make_dirs(found.path, 0755, base::Resolve::InRoot));
    } else if (!S_ISDIR(found.status->st_mode)) {
        refuse("cannot copy a directory to the file '/" + base::printable(wanted.path) + "'");
    }
    return {found.path, ""};
}

/// docker cp: into a directory that is there, over a file that is there, or under a new name.
Target Extraction::choose_target(const std::string& first, archive_entry* entry) {
    const CopyPath wanted = parse_copy_path(request_.path);
    const Found found = wanted.path == "." ? Found{".", root_.stat(".", base::Resolve::InRoot)}
                                           : follow_links(root_, wanted.path);
    if (request_.contents || first.empty()) return contents_target(wanted, found);
    const bool source_is_dir =
        archive_entry_filetype(entry) == AE_IFDIR || first.find('/') != std::string::npos;
    if (found.status && S_ISDIR(found.status->st_mode)) return {found.path, ""};
    const std::string shown = "'/" + base::printable(wanted.path) + "'";
    if (found.status && source_is_dir) refuse("cannot copy a directory to the file " + shown);
    if (found.status && wanted.wants_dir) refuse(shown + " is not a directory");
    if (!found.status && wanted.wants_dir && !source_is_dir) {
        throw Error(ErrorCode::NotFound, "the container has no directory " + shown);
    }
    const auto [dir, name] = split_path(found.path);
    return {dir, name};
}

std::string Extraction::placed(const std::string& path) const {
    std::string below = path;
    if (!target_->rename_to.empty()) {
        below = target_->rename_to + path.substr(first_component(path).size());
    }
    return target_->base == "." ? below : target_->base + "/" + below;
}

tar::Metadata Extraction::metadata_of(archive_entry* entry, const std::string& path) const {
    tar::Metadata metadata = tar::read_metadata(entry, path);
    if (owner_) {
        metadata.uid = owner_->uid;
        metadata.gid = owner_->gid;
    }
    return metadata;
}

void Extraction::place(const std::string& path, archive_entry* entry) {
    const std::string where = placed(path);
    const auto [parent, name] = split_path(where);
    const base::Dir dir = root_.make_dirs(parent, 0755, base::Resolve::InRoot);
    if (const char* target = archive_entry_hardlink(entry)) {
        make_room(dir, name, where);
        return make_hard_link(dir, name, placed(tar::clean_path(target)));
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        make_directory(dir, name, where);
        directories_.push_back({where, metadata_of(entry, where)});
        return;
    }
    make_room(dir, name, where);
    make_other(dir, name, entry, where);
}

/// Takes away what is in the way, unless it is a directory.
void Extraction::make_room(const base::Dir& dir, const std::string& name, const std::string& path) {
    if (::unlinkat(dir.fd(), name.c_str(), 0) == 0 || errno == ENOENT) return;
    if (errno == EISDIR || errno == EPERM) {
        refuse("cannot overwrite the directory '/" + base::printable(path) +
               "' with something else");
    }
    throw_errno("cannot replace '/" + base::printable(path) + "'");
}

void Extraction::make_directory(const base::Dir& dir, const std::string& name,
                                const std::string& path) {
    if (::mkdirat(dir.fd(), name.c_str(), 0755) == 0) return;
    if (errno != EEXIST) throw_errno("cannot make '/" + base::printable(path) + "'");
    struct stat status {};
    if (::fstatat(dir.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        !S_ISDIR(status.st_mode)) {
        refuse("cannot overwrite '/" + base::printable(path) + "' with a directory");
    }
}

void Extraction::make_hard_link(const base::Dir& dir, const std::string& name,
                                const std::string& target) {
    const auto [parent, file] = split_path(target);
    const base::Dir from = root_.open_dir(parent, base::Resolve::InRoot);
    if (::linkat(from.fd(), file.c_str(), dir.fd(), name.c_str(), 0) < 0) {
        throw_errno("cannot link to '/" + base::printable(target) + "'");
    }
}

void Extraction::make_other(const base::Dir& dir, const std::string& name, archive_entry* entry,
                            const std::string& path) {
    const tar::Metadata metadata = metadata_of(entry, path);
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return make_file(dir, name, entry, metadata, path);
    case AE_IFLNK:
        if (::symlinkat(archive_entry_symlink(entry), dir.fd(), name.c_str()) < 0) {
            throw_errno("cannot make the link '/" + base::printable(path) + "'");
        }
        break;
    case AE_IFIFO:
        if (::mknodat(dir.fd(), name.c_str(), S_IFIFO | 0600, 0) < 0) {
            throw_errno("cannot make the FIFO '/" + base::printable(path) + "'");
        }
        break;
    default:
        refuse("'/" + base::printable(path) + "' is a device or a socket, which is not copied");
    }
    metadata_writer_.apply_to_name(dir.fd(), name, entry, metadata, path);
}

void Extraction::make_file(const base::Dir& dir, const std::string& name, archive_entry* entry,
                           const tar::Metadata& metadata, const std::string& path) {
    const base::Fd fd(::openat(dir.fd(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) throw_errno("cannot make '/" + base::printable(path) + "'");
    write_content(fd.get(), entry);
    metadata_writer_.apply_to_fd(fd.get(), entry, metadata, false, path);
}

void Extraction::write_content(int fd, archive_entry* entry) {
    const std::int64_t size = archive_entry_size(entry);
    while (const auto block = reader_.next_block()) {
        const auto length = static_cast<std::int64_t>(block->bytes.size());
        if (block->offset < 0 || length > size || block->offset > size - length) {
            throw Error(ErrorCode::Corrupt, "the archive has content outside a file's size");
        }
        if (::lseek(fd, block->offset, SEEK_SET) < 0) throw_errno("cannot seek");
        base::write_all(fd, block->bytes);
    }
    if (::ftruncate(fd, size) < 0) throw_errno("cannot set a file's size");
}

/// Innermost last written, so that an outer one's time is not touched again.
void Extraction::finish_directories() {
    for (auto at = directories_.rbegin(); at != directories_.rend(); ++at) {
        const base::Dir dir = root_.open_dir(at->path, base::Resolve::InRoot);
        const auto& metadata = at->metadata;
        if (::fchown(dir.fd(), metadata.uid, metadata.gid) < 0 ||
            ::fchmod(dir.fd(), metadata.mode) < 0 ||
            ::futimens(dir.fd(), metadata.times.data()) < 0) {
            throw_errno("cannot set owner, mode and times of '/" + base::printable(at->path) + "'");
        }
    }
}

} // namespace

void copy_into(const base::Dir& root, const spec::CopyInRequest& request, int tar_fd) {
    Extraction(root, request, tar_fd).run();
}

spec::JobResult copy_in(Storage& storage, const spec::CopyInRequest& request, int tar_fd) {
    const ContainerTree tree(request.container, storage, TreeUse::Write);
    copy_into(tree.root(), request, tar_fd);
    return {.ok = true};
}

} // namespace berth::image
