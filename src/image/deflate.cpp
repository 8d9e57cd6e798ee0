// SPDX-License-Identifier: LGPL-2.1-or-later
#include "deflate.hpp"

#include "fan_out.hpp"

#include <memory>
#include <span>
#include <vector>

#include <isa-l/igzip_lib.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/hash.hpp>
#include <berth/error.hpp>

namespace berth::image {

namespace {

class Deflater {
  public:
    explicit Deflater(int out)
        : out_(out), level_memory_(ISAL_DEF_LVL1_DEFAULT), buffer_(256U << 10U),
          stream_(std::make_unique<isal_zstream>()) {
        isal_deflate_init(stream_.get());
        stream_->level = 1;
        stream_->level_buf = level_memory_.data();
        stream_->level_buf_size = static_cast<std::uint32_t>(level_memory_.size());
        stream_->gzip_flag = IGZIP_GZIP;
    }

    void write(std::string_view bytes) { run(bytes, false); }

    struct Result {
        Digest digest;
        std::uint64_t size;
    };
    [[nodiscard]] Result finish() {
        run({}, true);
        return {hash_.finish(), size_};
    }

  private:
    void run(std::string_view bytes, bool last) {
        stream_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
        stream_->avail_in = static_cast<std::uint32_t>(bytes.size());
        stream_->end_of_stream = last ? 1 : 0;
        do {
            stream_->next_out = reinterpret_cast<std::uint8_t*>(buffer_.data());
            stream_->avail_out = static_cast<std::uint32_t>(buffer_.size());
            if (isal_deflate(stream_.get()) != COMP_OK) {
                throw Error(ErrorCode::Internal, "the compressor failed");
            }
            const std::string_view made(buffer_.data(), buffer_.size() - stream_->avail_out);
            hash_.update(made);
            base::write_all(out_, made);
            size_ += made.size();
        } while (stream_->avail_out == 0 || stream_->avail_in > 0);
    }

    int out_;
    std::vector<std::uint8_t> level_memory_;
    std::vector<char> buffer_;
    std::unique_ptr<isal_zstream> stream_;
    base::Sha256 hash_;
    std::uint64_t size_ = 0;
};

/// 0 at the end only.
std::size_t read_some(int fd, std::span<char> buffer) {
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) throw_errno("cannot read the layer to compress");
    }
}

} // namespace

Deflated deflate(int in, int out) {
    Deflater deflater(out);
    base::Sha256 hash;
    std::uint64_t size = 0;
    FanOut fan_out({[&](std::string_view bytes) { hash.update(bytes); },
                    [&](std::string_view bytes) { deflater.write(bytes); }});
    for (;;) {
        const std::size_t count = read_some(in, fan_out.next_buffer());
        if (count == 0) break;
        fan_out.commit(count);
        size += count;
    }
    fan_out.finish();
    const auto compressed = deflater.finish();
    return {compressed.digest, compressed.size, hash.finish(), size};
}

} // namespace berth::image
