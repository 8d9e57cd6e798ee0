// SPDX-License-Identifier: LGPL-2.1-or-later
// Streaming decompression of layers: gzip of any number of members (ISA-L), zstd of any number of
// frames, and plain; told apart by their first bytes. Memory is bounded whatever the input says
// (zstd windows of at most 128 MiB).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace berth::image {

enum class Compression { Plain, Gzip, Zstd };

class Inflater {
  public:
    /// Reads from `fd`, which stays the caller's.
    explicit Inflater(int fd);
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater();

    /// Fills the buffer as far as the stream goes; fewer bytes than its size only at the end, 0
    /// after it. Corrupt for a broken or truncated stream, or one with something else behind it.
    [[nodiscard]] std::size_t read(std::span<char> buffer);
    /// Known after the first read().
    [[nodiscard]] Compression compression() const noexcept;

    class Input;   ///< the compressed bytes
    class Decoder; ///< one per compression, see inflate.cpp

  private:
    std::unique_ptr<Input> input_;
    std::unique_ptr<Decoder> decoder_;
    Compression compression_ = Compression::Plain;
};

} // namespace berth::image
