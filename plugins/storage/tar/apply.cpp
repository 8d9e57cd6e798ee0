// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apply.hpp"

#include "metadata.hpp"
#include "names.hpp"
#include "reader.hpp"

#include <climits>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

[[noreturn]] void corrupt(const std::string& path, const std::string& why) {
    throw Error(ErrorCode::Corrupt, "the archive's entry '" + base::printable(path) + "' " + why);
}

std::string text_or_empty(const char* text) {
    return text == nullptr ? std::string() : std::string(text);
}

/// Throws Corrupt for a number the kernel would cut to another one.
dev_t device_number(archive_entry* entry, const std::string& path) {
    const dev_t major = archive_entry_rdevmajor(entry);
    const dev_t minor = archive_entry_rdevminor(entry);
    if (major >= 1U << 12U || minor >= 1U << 20U) corrupt(path, "is a device out of range");
    return makedev(static_cast<unsigned>(major), static_cast<unsigned>(minor));
}

/// For a driver that keeps less than the 255 bytes of a name that clean_path() lets through.
void check_names(const std::string& path, std::size_t longest) {
    if (longest >= NAME_MAX) return;
    for (const auto& part : base::split(path, '/')) {
        if (part.size() <= longest) continue;
        throw Error(ErrorCode::Unsupported,
                    "the archive has the name '" + base::printable(part) +
                        "', but this storage driver keeps at most " + std::to_string(longest) +
                        " bytes of a name; use another driver for this image");
    }
}

class Applier {
  public:
    Applier(int tar_fd, int root, const ApplyOptions& options)
        : options_(options), reader_(tar_fd), root_(root),
          whiteouts_(make_whiteouts(options.whiteouts)),
          parents_(root, *whiteouts_, options.missing_parents) {}

    ApplyResult run() {
        while (archive_entry* entry = reader_.next()) {
            if (++result_.applied.entries > options_.max_entries) {
                throw Error(ErrorCode::Corrupt, "the archive has more than " +
                                                    std::to_string(options_.max_entries) +
                                                    " entries");
            }
            apply_entry(entry);
        }
        parents_.close();
        reader_.drain();
        return result_;
    }

  private:
    void apply_entry(archive_entry* entry);
    void apply_marker(const Name& name);
    void apply_root(archive_entry* entry);
    void make_hard_link(int dir, const Name& name, const std::string& raw_target);
    void make_directory(int dir, const Name& name, archive_entry* entry, const Metadata& metadata,
                        bool revealed);
    void make_file(int dir, const Name& name, archive_entry* entry, const Metadata& metadata);
    void make_symlink(int dir, const Name& name, archive_entry* entry, const Metadata& metadata);
    void make_node(int dir, const Name& name, archive_entry* entry, const Metadata& metadata);
    void write_content(int fd, archive_entry* entry, const std::string& path);
    /// Of a name in the open parent.
    [[nodiscard]] std::string real_path(const Name& name) const {
        return Name{parents_.real_path(), name.base}.path();
    }
    [[noreturn]] void missing_target(const std::string& path, const std::string& target) const;

    /// Calls `make`, which returns -1 and EEXIST for a name that is taken; then what is there gives
    /// way to the later entry.
    template <class Make>
    int make_over(int dir, const Name& name, const Make& make) {
        for (bool again = false;; again = true) {
            const int made = make();
            if (made >= 0) return made;
            if (errno == EEXIST && !again) {
                base::remove_tree(dir, name.base);
                continue;
            }
            if (errno == EINVAL || errno == ENAMETOOLONG) {
                corrupt(name.path(), std::string("cannot be made: ") + std::strerror(errno));
            }
            throw_errno("cannot make '" + base::printable(name.path()) + "'");
        }
    }

    ApplyOptions options_;
    Reader reader_;
    int root_;
    std::unique_ptr<Whiteouts> whiteouts_;
    Parents parents_;
    MetadataWriter metadata_writer_;
    ApplyResult result_;
};

void Applier::apply_entry(archive_entry* entry) {
    const Name name = parse_name(text_or_empty(archive_entry_pathname(entry)));
    if (name.marker == Marker::Ignored) return;
    if (name.marker != Marker::None) return apply_marker(name);
    if (name.base.empty()) return apply_root(entry);

    check_names(name.path(), options_.longest_name);
    const int dir = parents_.open(name.parent);
    const bool revealed = whiteouts_->reveal(dir, name.base, real_path(name));
    if (const char* target = archive_entry_hardlink(entry)) {
        make_hard_link(dir, name, target);
        return whiteouts_->touched(real_path(name));
    }
    const Metadata metadata = read_metadata(entry, name.path());
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
        make_directory(dir, name, entry, metadata, revealed);
        break;
    case AE_IFREG:
        make_file(dir, name, entry, metadata);
        break;
    case AE_IFLNK:
        make_symlink(dir, name, entry, metadata);
        break;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFIFO:
        make_node(dir, name, entry, metadata);
        break;
    default:
        return; // sockets live no longer than their server
    }
    whiteouts_->touched(real_path(name));
}

void Applier::apply_marker(const Name& name) {
    const int dir = parents_.open(name.parent);
    if (name.marker == Marker::Opaque) {
        whiteouts_->hide_content(dir, parents_.real_path());
    } else {
        whiteouts_->hide(dir, name.base, real_path(name));
    }
}

void Applier::apply_root(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_filetype(entry) != AE_IFDIR) {
        corrupt("/", "makes the root of the layer something else than a directory");
    }
    parents_.close();
    metadata_writer_.apply_to_fd(root_, entry, read_metadata(entry, "/"), false, "/");
    result_.has_root = true;
}

void Applier::missing_target(const std::string& path, const std::string& target) const {
    if (options_.missing_parents == MissingParents::NeedBelow) {
        throw Error(ErrorCode::Busy, "the layer links '" + base::printable(path) + "' to '" +
                                         base::printable(target) +
                                         "', which it does not have itself: its parents are "
                                         "needed to apply it");
    }
    corrupt(path, "is a hard link to '" + base::printable(target) + "', which does not exist");
}

void Applier::make_hard_link(int dir, const Name& name, const std::string& raw_target) {
    const Name target = parse_name(raw_target);
    if (target.base.empty() || target.marker != Marker::None || target.path() == name.path()) {
        corrupt(name.path(), "is a hard link to '" + base::printable(raw_target) +
                                 "', which no file can be linked to");
    }
    const base::Fd target_dir = parents_.find(target.parent);
    struct stat status {};
    if (!target_dir ||
        ::fstatat(target_dir.get(), target.base.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0 ||
        whiteouts_->is_whiteout(status)) {
        missing_target(name.path(), raw_target);
    }
    if (S_ISDIR(status.st_mode)) {
        corrupt(name.path(), "is a hard link to a directory");
    }
    struct stat present {};
    if (::fstatat(dir, name.base.c_str(), &present, AT_SYMLINK_NOFOLLOW) == 0 &&
        present.st_dev == status.st_dev && present.st_ino == status.st_ino) {
        return; // linked already
    }
    make_over(dir, name, [&] {
        return ::linkat(target_dir.get(), target.base.c_str(), dir, name.base.c_str(), 0);
    });
}

void Applier::make_directory(int dir, const Name& name, archive_entry* entry,
                             const Metadata& metadata, bool revealed) {
    bool created = ::mkdirat(dir, name.base.c_str(), metadata.mode) == 0;
    bool replaced = revealed;
    if (!created) {
        struct stat status {};
        if (errno != EEXIST ||
            ::fstatat(dir, name.base.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
            throw_errno("cannot make the directory '" + base::printable(name.path()) + "'");
        }
        if (!S_ISDIR(status.st_mode)) {
            make_over(dir, name, [&] { return ::mkdirat(dir, name.base.c_str(), metadata.mode); });
            created = replaced = true;
        }
    }
    const base::Fd made(
        ::openat(dir, name.base.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!made) throw_errno("cannot open the directory '" + base::printable(name.path()) + "'");
    if (replaced) whiteouts_->replaced_by_directory(made.get());
    // mkdir(2) leaves out the set-ID bits; a directory that has them counts as one that was there.
    const bool exact = created && !parents_.passes_group() && (metadata.mode & 06000U) == 0;
    metadata_writer_.apply_to_fd(made.get(), entry, metadata, exact, name.path());
}

void Applier::make_file(int dir, const Name& name, archive_entry* entry, const Metadata& metadata) {
    const base::Fd fd(make_over(dir, name, [&] {
        return ::openat(dir, name.base.c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, metadata.mode);
    }));
    write_content(fd.get(), entry, name.path());
    // Writing may have dropped the set-ID bits, unless nothing was written.
    const bool exact = !parents_.passes_group() && (metadata.mode & 06000U) == 0;
    metadata_writer_.apply_to_fd(fd.get(), entry, metadata, exact, name.path());
}

void Applier::write_content(int fd, archive_entry* entry, const std::string& path) {
    const std::int64_t size = archive_entry_size(entry);
    if (size < 0) corrupt(path, "has a negative size");
    std::int64_t position = 0;
    while (size > 0) {
        const auto block = reader_.next_block();
        if (!block) break;
        const auto length = static_cast<std::int64_t>(block->bytes.size());
        if (length == 0) continue;
        if (block->offset < position || block->offset > size - length) {
            corrupt(path, "has content outside its size");
        }
        if (block->bytes.size() > options_.max_bytes - result_.applied.bytes) {
            throw Error(ErrorCode::Exhausted, "the archive's files take more than the " +
                                                  std::to_string(options_.max_bytes) +
                                                  " bytes allowed");
        }
        if (block->offset != position && ::lseek(fd, block->offset, SEEK_SET) < 0) {
            throw_errno("cannot seek in '" + base::printable(path) + "'");
        }
        base::write_all(fd, block->bytes);
        position = block->offset + length;
        result_.applied.bytes += block->bytes.size();
    }
    if (position < size && ::ftruncate(fd, size) < 0) {
        if (errno == EFBIG || errno == EINVAL) corrupt(path, "is larger than a file can be");
        throw_errno("cannot set the size of '" + base::printable(path) + "'");
    }
}

void Applier::make_symlink(int dir, const Name& name, archive_entry* entry,
                           const Metadata& metadata) {
    const std::string target = text_or_empty(archive_entry_symlink(entry));
    if (target.empty()) corrupt(name.path(), "is a symbolic link to nothing");
    make_over(dir, name, [&] { return ::symlinkat(target.c_str(), dir, name.base.c_str()); });
    metadata_writer_.apply_to_name(dir, name.base, entry, metadata, name.path());
}

void Applier::make_node(int dir, const Name& name, archive_entry* entry, const Metadata& metadata) {
    const mode_t type = archive_entry_filetype(entry);
    const dev_t device = type == AE_IFIFO ? 0 : device_number(entry, name.path());
    // To overlayfs a 0:0 character device is a deletion, in a layer as well as in an archive made
    // from one, and it refuses to make it a device.
    if (type == AE_IFCHR && device == 0) return whiteouts_->hide(dir, name.base, real_path(name));
    make_over(dir, name,
              [&] { return ::mknodat(dir, name.base.c_str(), type | metadata.mode, device); });
    metadata_writer_.apply_to_name(dir, name.base, entry, metadata, name.path());
}

} // namespace

ApplyResult apply(int tar_fd, int root, const ApplyOptions& options) {
    ::umask(0);
    return Applier(tar_fd, root, options).run();
}

} // namespace berth::tar
