// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpacked_stream.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <base/file.hpp>
#include <base/handle.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <image/cancel.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kBlock = 1U << 20U;

using Reader = base::Handle<archive, archive_read_free>;

[[noreturn]] void fail(archive* reader) {
    const char* why = archive_error_string(reader);
    throw Error(ErrorCode::Corrupt, "cannot unpack the stream: " +
                                        base::printable(why != nullptr ? why : "it is empty"));
}

} // namespace

void copy_unpacked(int in, int out) {
    const Reader reader(archive_read_new());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_bzip2(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_zstd(reader.get());
    archive_read_support_format_raw(reader.get());
    if (archive_read_open_fd(reader.get(), in, kBlock) != ARCHIVE_OK) fail(reader.get());
    archive_entry* entry = nullptr;
    if (archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) fail(reader.get());
    for (;;) {
        throw_if_cancelled();
        const void* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int status = archive_read_data_block(reader.get(), &bytes, &size, &offset);
        if (status == ARCHIVE_EOF) return;
        if (status != ARCHIVE_OK) fail(reader.get());
        base::write_all(out, {static_cast<const char*>(bytes), size});
    }
}

} // namespace berth::image
