// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a tar stream by libarchive: old, ustar, pax, GNU and their sparse files, nothing else. What
// libarchive only warns of, except for the character set of a name, is Corrupt here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct archive;
struct archive_entry;

namespace berth::tar {

/// A piece of a file's content; what lies between two pieces is a hole.
struct Block {
    std::string_view bytes; ///< valid until the next call
    std::int64_t offset = 0;
};

class Reader {
  public:
    /// Reads from `fd`, which stays the caller's. Opening happens at the first next().
    explicit Reader(int fd);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();

    /// The next entry, valid until the next call; null at the end of the archive.
    [[nodiscard]] archive_entry* next();
    [[nodiscard]] std::optional<Block> next_block();
    /// Reads what follows the end of the archive, so that the writer of the stream can finish.
    void drain();

    /// Makes libarchive and libc load all they load lazily (character sets, locales), to be called
    /// before the process is shut into a tree it must load nothing from.
    static void warm_up();

  private:
    static ssize_t read_callback(archive* handle, void* self, const void** buffer);
    void open();
    [[noreturn]] void fail();

    int fd_;
    int read_errno_ = 0;
    bool opened_ = false;
    bool at_end_ = false;
    std::int64_t content_left_ = 0; ///< of the last entry; holes count as never read
    std::vector<char> buffer_;
    archive* archive_ = nullptr;
};

} // namespace berth::tar
