// SPDX-License-Identifier: LGPL-2.1-or-later
#include "writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::tar {

Writer::Writer(int fd) : fd_(fd), archive_(archive_write_new()), entry_(archive_entry_new()) {
    if (archive_ == nullptr || entry_ == nullptr) {
        throw Error(ErrorCode::Exhausted, "out of memory");
    }
    archive_write_set_format_pax(archive_);
    // Attributes as docker and podman write them. A name that is no text of the locale (the
    // programs use C.UTF-8) is marked as bytes by libarchive, entry by entry.
    archive_write_set_options(archive_, "xattrheader=SCHILY");
    archive_write_set_bytes_per_block(archive_, 1 << 20);
    archive_write_set_bytes_in_last_block(archive_, 1);
    if (archive_write_open(archive_, this, nullptr, write_callback, nullptr) != ARCHIVE_OK) fail();
}

Writer::~Writer() {
    archive_entry_free(entry_);
    // Nothing more is written after a failure.
    archive_write_fail(archive_);
    archive_write_free(archive_);
}

ssize_t Writer::write_callback(archive* handle, void* self, const void* bytes, size_t size) {
    auto* writer = static_cast<Writer*>(self);
    for (;;) {
        const ssize_t count = ::write(writer->fd_, bytes, size);
        if (count >= 0) return count;
        if (errno == EINTR) continue;
        writer->write_errno_ = errno;
        archive_set_error(handle, errno, "cannot write the stream");
        return -1;
    }
}

void Writer::fail() {
    if (write_errno_ != 0) throw_errno("cannot write the archive", write_errno_);
    const char* message = archive_error_string(archive_);
    throw Error(ErrorCode::Io, std::string("cannot write the archive: ") +
                                   base::printable(message == nullptr ? "unknown" : message));
}

void Writer::header(const EntryData& data) {
    archive_entry_clear(entry_);
    archive_entry_copy_pathname(entry_, data.path.c_str());
    const auto& status = data.status;
    archive_entry_set_filetype(entry_, status.st_mode & S_IFMT);
    archive_entry_set_perm(entry_, status.st_mode & 07777U);
    archive_entry_set_uid(entry_, status.st_uid);
    archive_entry_set_gid(entry_, status.st_gid);
    archive_entry_set_mtime(entry_, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    archive_entry_set_size(entry_, S_ISREG(status.st_mode) ? status.st_size : 0);
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
        archive_entry_set_rdev(entry_, status.st_rdev);
    }
    if (!data.link.empty()) archive_entry_copy_symlink(entry_, data.link.c_str());
    if (!data.hard_link.empty()) {
        archive_entry_copy_hardlink(entry_, data.hard_link.c_str());
        archive_entry_set_size(entry_, 0);
    }
    for (const auto& [name, value] : data.xattrs) {
        archive_entry_xattr_add_entry(entry_, name.c_str(), value.data(), value.size());
    }
    for (const auto& extent : data.extents) {
        archive_entry_sparse_add_entry(entry_, extent.offset, extent.length);
    }
    const int result = archive_write_header(archive_, entry_);
    if (result == ARCHIVE_WARN) return; // a name that is no text: written as it is
    if (result != ARCHIVE_OK) fail();
}

void Writer::content(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = archive_write_data(archive_, bytes.data(), bytes.size());
        if (count <= 0) fail();
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void Writer::finish() {
    if (archive_write_close(archive_) != ARCHIVE_OK) fail();
}

} // namespace berth::tar
