// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reader.hpp"

#include <cerrno>

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

constexpr std::size_t kBufferSize = 1U << 20U;

/// libarchive keeps the raw bytes when a name is no valid text, and says so by a warning.
bool is_charset_warning(const char* message) {
    return message != nullptr &&
           std::string_view(message).find("can't be converted") != std::string_view::npos;
}

/// Some tools end an archive right behind the last file's content: without the padding to a whole
/// block and without the blocks that mark the end. Nothing is missing then.
bool is_missing_padding(const char* message) {
    return message != nullptr &&
           std::string_view(message).find("Truncated input file") != std::string_view::npos;
}

/// A pax archive of one empty file whose name is no ASCII.
std::string sample_archive() {
    static constexpr std::string_view kRecord = "18 path=\xc3\xa9/\xc3\xa8.txt\n";
    const auto header = [](std::string_view name, char type, std::size_t size) {
        std::string block(512, '\0');
        const auto put = [&](std::size_t at, const std::string& text) {
            block.replace(at, text.size(), text);
        };
        const auto octal = [](std::size_t value, std::size_t width) {
            std::string digits;
            for (; width > 0; --width, value /= 8)
                digits.insert(0, 1, static_cast<char>('0' + value % 8));
            return digits;
        };
        put(0, std::string(name));
        put(100, octal(0644, 7));
        put(108, octal(0, 7));
        put(116, octal(0, 7));
        put(124, octal(size, 11));
        put(136, octal(0, 11));
        block[156] = type;
        put(257, std::string("ustar\00000", 8));
        put(148, std::string(8, ' '));
        std::size_t sum = 0;
        for (const char c : block)
            sum += static_cast<unsigned char>(c);
        put(148, octal(sum, 6) + std::string("\0 ", 2));
        return block;
    };
    std::string body(kRecord);
    body.resize(512, '\0');
    return header("pax", 'x', kRecord.size()) + body + header("x", '0', 0) +
           std::string(1024, '\0');
}

} // namespace

Reader::Reader(int fd) : fd_(fd), buffer_(kBufferSize), archive_(archive_read_new()) {
    if (archive_ == nullptr) throw Error(ErrorCode::Exhausted, "out of memory");
    archive_read_support_format_tar(archive_);
    archive_read_support_format_empty(archive_);
}

Reader::~Reader() {
    archive_read_free(archive_);
}

ssize_t Reader::read_callback(archive* handle, void* self, const void** buffer) {
    auto* reader = static_cast<Reader*>(self);
    *buffer = reader->buffer_.data();
    for (;;) {
        const ssize_t count = ::read(reader->fd_, reader->buffer_.data(), reader->buffer_.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            reader->read_errno_ = errno;
            archive_set_error(handle, errno, "cannot read the stream");
        }
        return count;
    }
}

void Reader::open() {
    opened_ = true;
    if (archive_read_open(archive_, this, nullptr, read_callback, nullptr) != ARCHIVE_OK) fail();
}

void Reader::fail() {
    if (read_errno_ != 0) throw_errno("cannot read the archive", read_errno_);
    const char* message = archive_error_string(archive_);
    const bool memory = archive_errno(archive_) == ENOMEM;
    throw Error(memory ? ErrorCode::Exhausted : ErrorCode::Corrupt,
                "the archive is not a valid tar archive: " +
                    base::printable(message == nullptr ? "unknown reason" : message));
}

archive_entry* Reader::next() {
    if (!opened_) open();
    if (at_end_) return nullptr;
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_, &entry);
    if (status == ARCHIVE_EOF) {
        at_end_ = true;
        return nullptr;
    }
    const bool odd_name =
        status == ARCHIVE_WARN && is_charset_warning(archive_error_string(archive_));
    if (status != ARCHIVE_OK && !odd_name) fail();
    content_left_ = archive_entry_size(entry);
    return entry;
}

std::optional<Block> Reader::next_block() {
    const void* bytes = nullptr;
    std::size_t size = 0;
    std::int64_t offset = 0;
    const int status = archive_read_data_block(archive_, &bytes, &size, &offset);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK) {
        const bool whole = content_left_ == 0 && read_errno_ == 0;
        if (!whole || !is_missing_padding(archive_error_string(archive_))) fail();
        at_end_ = true;
        return std::nullopt;
    }
    content_left_ -= static_cast<std::int64_t>(size);
    return Block{{static_cast<const char*>(bytes), size}, offset};
}

void Reader::drain() {
    for (;;) {
        const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
        if (count == 0) return;
        if (count < 0 && errno != EINTR) throw_errno("cannot read the archive");
    }
}

void Reader::warm_up() {
    const base::Fd memory(::memfd_create("berth-sample", MFD_CLOEXEC));
    if (!memory) throw_errno("cannot make a file in memory");
    base::write_all(memory.get(), sample_archive());
    if (::lseek(memory.get(), 0, SEEK_SET) < 0) throw_errno("cannot rewind a file in memory");
    Reader reader(memory.get());
    while (archive_entry* entry = reader.next()) {
        static_cast<void>(archive_entry_pathname(entry));
        while (reader.next_block()) {
        }
    }
}

} // namespace berth::tar
