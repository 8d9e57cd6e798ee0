// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a pax tar stream by libarchive, in blocks of a mebibyte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

struct archive;
struct archive_entry;

namespace berth::tar {

struct Xattr {
    std::string name;
    std::string value;
};

/// A run of content in a sparse file.
struct Extent {
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

/// One entry as it is to be written.
struct EntryData {
    std::string path;
    struct stat status {};
    std::string link;      ///< symbolic link's target
    std::string hard_link; ///< path of the first name of the same file
    std::vector<Xattr> xattrs;
    std::vector<Extent> extents; ///< empty: no holes
};

class Writer {
  public:
    /// Writes to `fd`, which stays the caller's.
    explicit Writer(int fd);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer();

    void header(const EntryData& data);
    /// Content of the last regular file, in pieces, as many bytes as its size. Holes are given too;
    /// libarchive leaves them out.
    void content(std::string_view bytes);
    /// Ends the archive.
    void finish();

  private:
    static ssize_t write_callback(archive* handle, void* self, const void* bytes, size_t size);
    [[noreturn]] void fail();

    int fd_;
    int write_errno_ = 0;
    archive* archive_ = nullptr;
    archive_entry* entry_ = nullptr;
};

} // namespace berth::tar
