// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inflate.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <base/handle.hpp>
#include <berth/error.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kInputSize = 256U << 10U;

[[noreturn]] void corrupt(const std::string& why) {
    throw Error(ErrorCode::Corrupt, "the compressed layer is damaged: " + why);
}

} // namespace

/// With a look ahead.
class Inflater::Input {
  public:
    explicit Input(int fd) : fd_(fd), buffer_(kInputSize) {}

    [[nodiscard]] std::string_view bytes() const noexcept {
        return {buffer_.data() + start_, end_ - start_};
    }
    void skip(std::size_t count) noexcept { start_ += count; }

    /// Reads until `wanted` bytes are there (at most the buffer's size); false at the end before.
    bool fill(std::size_t wanted) {
        if (end_ - start_ >= wanted) return true;
        std::memmove(buffer_.data(), buffer_.data() + start_, end_ - start_);
        end_ -= start_;
        start_ = 0;
        while (end_ < wanted) {
            const ssize_t count = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_errno("cannot read the compressed layer");
            if (count == 0) return false;
            end_ += static_cast<std::size_t>(count);
        }
        return true;
    }

  private:
    int fd_;
    std::vector<char> buffer_;
    std::size_t start_ = 0;
    std::size_t end_ = 0;
};

class Inflater::Decoder {
  public:
    explicit Decoder(Input& input) : input_(input) {}
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;
    /// At least one byte, or 0 at the end.
    virtual std::size_t read(std::span<char> buffer) = 0;

  protected:
    Input& input() noexcept { return input_; } // NOLINT(readability-make-member-function-const)

  private:
    Input& input_;
};

namespace {

bool is_gzip(std::string_view bytes) {
    return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

class PlainDecoder final : public Inflater::Decoder {
  public:
    using Decoder::Decoder;
    std::size_t read(std::span<char> buffer) override {
        if (!input().fill(1)) return 0;
        const auto bytes = input().bytes().substr(0, buffer.size());
        std::memcpy(buffer.data(), bytes.data(), bytes.size());
        input().skip(bytes.size());
        return bytes.size();
    }
};

class GzipDecoder final : public Inflater::Decoder {
  public:
    explicit GzipDecoder(Inflater::Input& input)
        : Decoder(input), state_(std::make_unique<inflate_state>()) {
        start_member();
    }

    std::size_t read(std::span<char> buffer) override {
        state_->next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
        state_->avail_out = static_cast<std::uint32_t>(buffer.size());
        while (state_->avail_out == buffer.size()) {
            if (state_->block_state == ISAL_BLOCK_FINISH) {
                if (!next_member()) return 0;
            } else {
                step();
            }
        }
        return buffer.size() - state_->avail_out;
    }

  private:
    void start_member() {
        auto* out = state_->next_out;
        const auto room = state_->avail_out;
        isal_inflate_init(state_.get());
        state_->crc_flag = ISAL_GZIP;
        state_->next_out = out;
        state_->avail_out = room;
    }

    void step() {
        // With no input left it may still have output, held back for want of room.
        const bool more = input().fill(1);
        const auto bytes = input().bytes();
        auto* start = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
        state_->next_in = start;
        state_->avail_in = static_cast<std::uint32_t>(bytes.size());
        const auto room = state_->avail_out;
        const int status = isal_inflate(state_.get());
        if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT) {
            corrupt(status == ISAL_INCORRECT_CHECKSUM ? "its gzip checksum is wrong"
                                                      : "it is no valid gzip stream");
        }
        input().skip(static_cast<std::size_t>(state_->next_in - start));
        const bool idle = state_->avail_out == room && state_->avail_in == bytes.size();
        if (idle && state_->block_state != ISAL_BLOCK_FINISH) {
            if (!more) corrupt("the gzip stream is truncated");
            if (!input().fill(bytes.size() + 1)) corrupt("the gzip stream is truncated");
        }
    }

    /// False at the end. Members may be padded with zeros, as on tapes.
    bool next_member() {
        while (input().fill(1) && input().bytes().front() == '\0')
            input().skip(1);
        if (!input().fill(1)) return false;
        if (!input().fill(2) || !is_gzip(input().bytes())) {
            corrupt("something else follows the gzip stream");
        }
        start_member();
        return true;
    }

    std::unique_ptr<inflate_state> state_;
};

class ZstdDecoder final : public Inflater::Decoder {
  public:
    explicit ZstdDecoder(Inflater::Input& input) : Decoder(input), stream_(ZSTD_createDStream()) {
        if (!stream_) throw Error(ErrorCode::Exhausted, "out of memory");
    }

    std::size_t read(std::span<char> buffer) override {
        ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
        while (out.pos == 0) {
            const bool more = input().fill(1);
            if (!more && at_frame_end_) return 0;
            const auto bytes = input().bytes();
            ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
            const std::size_t status = ZSTD_decompressStream(stream_.get(), &out, &in);
            if (ZSTD_isError(status) != 0U) {
                corrupt(std::string("zstd: ") + ZSTD_getErrorName(status));
            }
            input().skip(in.pos);
            at_frame_end_ = status == 0;
            if (!more && out.pos == 0 && !at_frame_end_) corrupt("the zstd stream is truncated");
        }
        return out.pos;
    }

  private:
    base::Handle<ZSTD_DStream, ZSTD_freeDStream> stream_;
    bool at_frame_end_ = false;
};

} // namespace

Inflater::Inflater(int fd) : input_(std::make_unique<Input>(fd)) {}

Inflater::~Inflater() = default;

Compression Inflater::compression() const noexcept {
    return compression_;
}

std::size_t Inflater::read(std::span<char> buffer) {
    if (!decoder_) {
        input_->fill(4);
        const auto magic = input_->bytes().substr(0, 4);
        // A zstd stream may begin with a skippable frame: 0x184D2A50 to 5F.
        const bool skippable =
            magic.size() == 4 && (magic[0] & '\xf0') == '\x50' && magic.substr(1) == "\x2a\x4d\x18";
        if (is_gzip(magic)) {
            compression_ = Compression::Gzip;
            decoder_ = std::make_unique<GzipDecoder>(*input_);
        } else if (magic == "\x28\xb5\x2f\xfd" || skippable) {
            compression_ = Compression::Zstd;
            decoder_ = std::make_unique<ZstdDecoder>(*input_);
        } else {
            decoder_ = std::make_unique<PlainDecoder>(*input_);
        }
    }
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const std::size_t count = decoder_->read(buffer.subspan(filled));
        if (count == 0) break;
        filled += count;
    }
    return filled;
}

} // namespace berth::image
