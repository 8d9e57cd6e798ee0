// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstring>
#include <thread>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/hash.hpp>
#include <berth/error.hpp>
#include <image/deflate.hpp>
#include <image/inflate.hpp>

namespace berth::image {

namespace {

base::Fd in_memory(const std::string& bytes) {
    base::Fd fd(::memfd_create("bytes", MFD_CLOEXEC));
    base::write_all(fd.get(), bytes);
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

std::string read_back(const base::Fd& fd) {
    ::lseek(fd.get(), 0, SEEK_SET);
    return base::read_all(fd.get(), 1U << 30U, "memory");
}

std::string inflate_fd(int fd, std::size_t piece = 10'000) {
    Inflater inflater(fd);
    std::string all;
    std::string buffer(piece, '\0');
    for (;;) {
        const std::size_t count = inflater.read(buffer);
        all.append(buffer.data(), count);
        if (count < buffer.size()) return all;
    }
}

std::string inflate(const std::string& bytes, std::size_t piece = 10'000) {
    return inflate_fd(in_memory(bytes).get(), piece);
}

ErrorCode failure_of(const std::string& bytes) {
    try {
        static_cast<void>(inflate(bytes));
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

std::string gzip(const std::string& text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

/// Compresses, but not to nothing.
std::string sample(std::size_t size) {
    std::string text;
    text.reserve(size + 64);
    for (std::size_t i = 0; text.size() < size; ++i) {
        text += base::sha256(std::to_string(i)).hex().substr(0, i % 60);
        text += " again and again ";
    }
    text.resize(size);
    return text;
}

} // namespace

TEST(Inflate, TellsGzipZstdAndPlainApart) {
    const std::string text = sample(3'000'000);
    for (const auto& [bytes, kind] : {std::pair{gzip(text), Compression::Gzip},
                                      {zstd(text), Compression::Zstd},
                                      {text, Compression::Plain}}) {
        const auto fd = in_memory(bytes);
        Inflater inflater(fd.get());
        std::string out(text.size() + 1, '\0');
        EXPECT_EQ(inflater.read(out), text.size());
        EXPECT_EQ(inflater.compression(), kind);
        out.resize(text.size());
        EXPECT_TRUE(out == text);
    }
}

TEST(Inflate, GivesTheSameWhateverTheSizesOfThePieces) {
    const std::string text = sample(200'000);
    for (const std::size_t piece : {1U, 7U, 4096U, 65536U, 1000000U}) {
        EXPECT_TRUE(inflate(gzip(text), piece) == text) << piece;
        EXPECT_TRUE(inflate(zstd(text), piece) == text) << piece;
    }
}

TEST(Inflate, ReadsAPipeThatGivesOneByteAtATime) {
    const std::string text = sample(20'000);
    for (const auto& bytes : {gzip(text) + gzip("tail"), zstd(text) + zstd("tail")}) {
        auto pipe = base::make_pipe();
        std::thread writer([&] {
            for (const char c : bytes)
                base::write_all(pipe.write.get(), {&c, 1});
            pipe.write.reset();
        });
        const std::string all = inflate_fd(pipe.read.get());
        writer.join();
        EXPECT_TRUE(all == text + "tail");
    }
}

TEST(Inflate, ReadsEveryMemberAndFrame) {
    const std::string text = sample(300'000);
    std::string members;
    std::string frames;
    for (int i = 0; i < 20; ++i) {
        members += gzip(text.substr(0, 300'000 / 20 * static_cast<unsigned>(i)));
        frames += zstd(text);
    }
    std::string all;
    for (unsigned i = 0; i < 20; ++i)
        all += text.substr(0, 300'000 / 20 * i);
    EXPECT_TRUE(inflate(members) == all);
    EXPECT_EQ(inflate(frames).size(), 20 * text.size());
    EXPECT_TRUE(inflate(gzip(text) + std::string(5000, '\0')) == text);
    EXPECT_EQ(inflate(gzip("") + gzip("") + gzip("x")), "x");
    EXPECT_EQ(inflate(std::string("\x50\x2a\x4d\x18\x03\x00\x00\x00zzz", 11) + zstd("x")), "x");
}

TEST(Inflate, TakesNothingAndShortThingsAsPlain) {
    EXPECT_EQ(inflate(""), "");
    EXPECT_EQ(inflate("a"), "a");
    EXPECT_EQ(inflate("\x1f"), "\x1f");
}

TEST(Inflate, RefusesTruncatedStreamsAtAnyPoint) {
    const std::string packed = gzip(sample(2000));
    for (std::size_t size = 2; size < packed.size(); ++size) {
        EXPECT_EQ(failure_of(packed.substr(0, size)), ErrorCode::Corrupt) << size;
    }
    const std::string frame = zstd(sample(2000));
    for (std::size_t size = 4; size < frame.size(); ++size) {
        EXPECT_EQ(failure_of(frame.substr(0, size)), ErrorCode::Corrupt) << size;
    }
}

TEST(Inflate, RefusesDamageAndWhatFollowsTheStream) {
    std::string packed = gzip(sample(20'000));
    packed[packed.size() - 6] ^= 1; // the checksum
    EXPECT_EQ(failure_of(packed), ErrorCode::Corrupt);
    packed = gzip(sample(20'000));
    packed[packed.size() - 2] ^= 1; // the length
    EXPECT_EQ(failure_of(packed), ErrorCode::Corrupt);
    EXPECT_EQ(failure_of(gzip("x") + "garbage"), ErrorCode::Corrupt);
    EXPECT_EQ(failure_of(zstd("x") + "garbage"), ErrorCode::Corrupt);
    EXPECT_EQ(failure_of("\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), ErrorCode::Corrupt);
}

TEST(Deflate, GivesGzipThatOthersReadAndBothDigests) {
    const std::string text = sample(5'000'000);
    const auto in = in_memory(text);
    const base::Fd out(::memfd_create("out", MFD_CLOEXEC));
    const auto done = image::deflate(in.get(), out.get());
    const std::string packed = read_back(out);
    EXPECT_EQ(done.digest, base::sha256(packed));
    EXPECT_EQ(done.size, packed.size());
    EXPECT_EQ(done.diff_id, base::sha256(text));
    EXPECT_EQ(done.diff_size, text.size());
    EXPECT_LT(packed.size(), text.size());

    std::string back(text.size(), '\0');
    z_stream stream{};
    inflateInit2(&stream, 31);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    EXPECT_TRUE(back == text);
    EXPECT_TRUE(inflate(packed) == text);
}

TEST(Deflate, GivesTheSameBlobForTheSameTarWithNoNameAndNoTime) {
    const auto once = [](const std::string& text) {
        const base::Fd out(::memfd_create("out", MFD_CLOEXEC));
        static_cast<void>(image::deflate(in_memory(text).get(), out.get()));
        return read_back(out);
    };
    const std::string packed = once(sample(1'000'000));
    EXPECT_TRUE(packed == once(sample(1'000'000)));
    EXPECT_EQ(packed.substr(0, 8), std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8));
    EXPECT_EQ(inflate(once("")), "");
}

TEST(Deflate, TellsWhenItCantWrite) {
    auto pipe = base::make_pipe();
    pipe.read.reset();
    ::signal(SIGPIPE, SIG_IGN);
    EXPECT_THROW(
        static_cast<void>(image::deflate(in_memory(sample(100'000)).get(), pipe.write.get())),
        Error);
}

} // namespace berth::image
