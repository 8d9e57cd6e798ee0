// SPDX-License-Identifier: LGPL-2.1-or-later
// Compressed layers of any kind: an end or berth::Error, in bounded memory.
#include <array>
#include <cstdint>

#include <sys/mman.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <image/inflate.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const berth::base::Fd stream(::memfd_create("stream", MFD_CLOEXEC));
    berth::base::write_all(stream.get(), {reinterpret_cast<const char*>(data), size});
    ::lseek(stream.get(), 0, SEEK_SET);
    berth::image::Inflater inflater(stream.get());
    std::array<char, 65536> buffer{};
    try {
        for (int pieces = 0; pieces < 256; ++pieces) {
            if (inflater.read(buffer) < buffer.size()) break;
        }
    } catch (const berth::Error&) { // NOLINT(bugprone-empty-catch): the expected answer
    }
    return 0;
}
