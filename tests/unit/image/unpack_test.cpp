// SPDX-License-Identifier: LGPL-2.1-or-later
// The unpacker's two sides, with the overlay plugin; needs root.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/support/tar_builder.hpp>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/hash.hpp>
#include <berth/error.hpp>
#include <berth/storage.hpp>
#include <image/deflate.hpp>
#include <image/unpack.hpp>
#include <image/unpack_answer.hpp>
#include <plugin/loader.hpp>

namespace berth::image {

namespace {

base::Fd in_memory(const std::string& bytes) {
    base::Fd fd(::memfd_create("bytes", MFD_CLOEXEC));
    base::write_all(fd.get(), bytes);
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

base::Fd packed(const std::string& tar) {
    base::Fd out(::memfd_create("gz", MFD_CLOEXEC));
    static_cast<void>(image::deflate(in_memory(tar).get(), out.get()));
    ::lseek(out.get(), 0, SEEK_SET);
    return out;
}

class Unpack : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "unpacking needs root; run by ./check in tests/box";
        ::setenv("BERTH_STATE_DIR", (scratch_.path() + "/state").c_str(), 1);
        ::setenv("BERTH_RUNTIME_DIR", (scratch_.path() + "/run").c_str(), 1);
        ::setenv("BERTH_CONFIG_DIR", (scratch_.path() + "/etc").c_str(), 1);
        storage_ = plugin::load_storage("overlay");
        const auto probe = storage_->probe();
        if (!probe.usable) GTEST_SKIP() << probe.reason;
        storage_->create(layer_, std::nullopt, {});
    }

    UnpackRequest request(base::Fd stream, std::optional<Digest> diff_id = std::nullopt) {
        return {"overlay",         layer_,    std::move(diff_id),
                std::move(stream), 1U << 30U, UnpackMode::Alone};
    }
    [[nodiscard]] base::Dir tree() const {
        return base::Dir::open(scratch_.path() + "/state/storage/overlay/layers/" + layer_.str() +
                               "/diff");
    }
    ErrorCode failure_of(UnpackRequest order) {
        Unpacker unpacker(std::move(order));
        try {
            static_cast<void>(unpacker.wait());
        } catch (const Error& error) {
            message_ = error.what();
            return error.code();
        }
        ADD_FAILURE() << "unpacked";
        return ErrorCode::Internal;
    }

    test::ScratchDir scratch_;
    std::unique_ptr<Storage> storage_;
    LayerId layer_{std::string(64, 'a')};
    std::string message_;
};

const std::string kTar =
    test::TarBuilder().dir("./").file("a", std::string(3'000'000, 'a')).file("b").finish();

TEST_F(Unpack, InflatesHashesAndWrites) {
    Unpacker unpacker(request(packed(kTar), base::sha256(kTar)));
    const auto done = unpacker.wait();
    EXPECT_EQ(done.diff_id, base::sha256(kTar));
    EXPECT_EQ(done.bytes, 3'000'001U);
    EXPECT_EQ(done.entries, 3U);
    EXPECT_EQ(tree().read("a", 1U << 24U), std::string(3'000'000, 'a'));
    EXPECT_FALSE(storage_->is_complete(layer_));
}

TEST_F(Unpack, HashesWhatFollowsTheArchiveToo) {
    const std::string tar = kTar + std::string(500'000, '\0');
    EXPECT_EQ(Unpacker(request(in_memory(tar))).wait().diff_id, base::sha256(tar));
}

TEST_F(Unpack, ReadsAPipeWhileItIsWritten) {
    auto pipe = base::make_pipe();
    Unpacker unpacker(request(std::move(pipe.read)));
    base::write_all(pipe.write.get(), std::string_view(kTar).substr(0, 10'000));
    base::write_all(pipe.write.get(), std::string_view(kTar).substr(10'000));
    pipe.write.reset();
    EXPECT_EQ(unpacker.wait().diff_id, base::sha256(kTar));
}

TEST_F(Unpack, RefusesAnotherDigest) {
    EXPECT_EQ(failure_of(request(packed(kTar), base::sha256("other"))), ErrorCode::Corrupt);
    EXPECT_NE(message_.find(base::sha256(kTar).str()), std::string::npos) << message_;
}

TEST_F(Unpack, TellsTheHalfThatFailed) {
    EXPECT_EQ(failure_of(request(in_memory("\x1f\x8b\x08 no gzip"))), ErrorCode::Corrupt);
    EXPECT_NE(message_.find("gzip"), std::string::npos) << message_;
    EXPECT_EQ(failure_of(request(in_memory(std::string(5'000'000, 'g')))), ErrorCode::Corrupt);
    EXPECT_NE(message_.find("tar"), std::string::npos) << message_;
    auto small = request(packed(kTar));
    small.max_bytes = 1000;
    EXPECT_EQ(failure_of(std::move(small)), ErrorCode::Exhausted);
    auto unknown = request(packed(kTar));
    unknown.driver = "nosuch";
    EXPECT_EQ(failure_of(std::move(unknown)), ErrorCode::NotFound);
    EXPECT_NE(message_.find("nosuch"), std::string::npos) << message_;
}

TEST_F(Unpack, ATruncatedStreamIsNoLayerEvenBetweenEntries) {
    auto cut = packed(test::TarBuilder().dir("./").file("a").finish() + kTar);
    ASSERT_EQ(::ftruncate(cut.get(), 300), 0);
    EXPECT_EQ(failure_of(request(std::move(cut))), ErrorCode::Corrupt);
}

TEST_F(Unpack, AsksForTheParentsWhenItNeedsThem) {
    ASSERT_EQ(Unpacker(request(packed(kTar))).wait().entries, 3U);
    storage_->complete(layer_);
    const auto parent = layer_;
    layer_ = LayerId(std::string(64, 'b'));
    storage_->create(layer_, parent, {});
    const std::string needy = test::TarBuilder().hard_link("c", "a").finish();
    EXPECT_EQ(failure_of(request(packed(needy))), ErrorCode::Busy);
    auto again = request(packed(needy));
    again.mode = UnpackMode::OnParents;
    EXPECT_EQ(Unpacker(std::move(again)).wait().entries, 1U);
    EXPECT_EQ(tree().read("c", 1U << 24U), std::string(3'000'000, 'a'));
}

TEST_F(Unpack, CanBeCancelledWhileItWaits) {
    auto pipe = base::make_pipe();
    Unpacker unpacker(request(std::move(pipe.read)));
    std::thread canceller([&] { unpacker.cancel(); });
    try {
        static_cast<void>(unpacker.wait());
        ADD_FAILURE() << "unpacked";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
    canceller.join();
}

TEST_F(Unpack, LeavesNoProcessWhenItIsDropped) {
    auto pipe = base::make_pipe();
    { const Unpacker unpacker(request(std::move(pipe.read))); }
    // Nobody holds the other end any more, the inflating half neither; it goes a moment later.
    ::signal(SIGPIPE, SIG_IGN);
    for (;;) {
        if (::write(pipe.write.get(), "x", 1) < 0) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(errno, EPIPE);
}

TEST_F(Unpack, RunsSeveralAtOnce) {
    std::vector<std::unique_ptr<Unpacker>> unpackers;
    for (const char digit : {'1', '2', '3', '4'}) {
        const LayerId id(std::string(64, digit));
        storage_->create(id, std::nullopt, {});
        unpackers.push_back(std::make_unique<Unpacker>(UnpackRequest{
            "overlay", id, base::sha256(kTar), packed(kTar), 1U << 30U, UnpackMode::Alone}));
    }
    for (const auto& unpacker : unpackers)
        EXPECT_EQ(unpacker->wait().entries, 3U);
}

TEST(UnpackAnswer, ComesBackAsItWasGiven) {
    const auto answer = parse_answer(format_answer({"sha256:x", 12}));
    EXPECT_EQ(answer.first, "sha256:x");
    EXPECT_EQ(answer.second, 12U);
    try {
        static_cast<void>(parse_answer(format_failure(Error(ErrorCode::Busy, "a\nb", EBUSY))));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Busy);
        EXPECT_EQ(error.sys_errno(), EBUSY);
        EXPECT_STREQ(error.what(), "a\\x0ab");
    }
}

TEST(UnpackAnswer, IsNotBelievedWhenItIsNone) {
    for (const std::string text : {"", "ok", "ok\nx\n", "ok\nx\ny\n", "ok\nx\n1\nmore\n",
                                   "99\n0\nm\n", "1\n99999\nm\n", "1\n1\nm\nm\n", "-1\n1\nm\n"}) {
        try {
            static_cast<void>(parse_answer(text));
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Internal) << text;
        }
    }
}

} // namespace

} // namespace berth::image
