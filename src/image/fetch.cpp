// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fetch.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include <unistd.h>

#include <base/hash.hpp>
#include <base/log.hpp>
#include <image/blobs.hpp>
#include <image/cancel.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kBuffer = 1U << 20U;
constexpr int kMaxIdleTries = 5; ///< failures without much between them
constexpr int kMaxEmpty = 2;     ///< answers without a byte and without a failure
/// A failure after so many bytes counts as the first again.
constexpr std::uint64_t kRealProgress = 1U << 20U;
/// How many connections a blob may take: some, and one more for each so many bytes.
constexpr std::uint64_t kConnections = 100;
constexpr std::uint64_t kBytesPerConnection = 64U << 10U;

/// Waits a little longer with each try that brought nothing.
void pause(int tries) {
    for (int step = 0; step < (2 << tries); ++step) {
        throw_if_cancelled();
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

class Fetch {
  public:
    Fetch(const spec::Descriptor& blob, const ByteSink& sink, const FetchProgress& progress)
        : blob_(blob), sink_(sink), progress_(progress), partial_(blob.digest) {}

    /// Another job may have fetched it while this one waited for its turn.
    [[nodiscard]] bool arrived_meanwhile() const { return has_blob(blob_.digest); }

    void replay_kept() {
        if (partial_.size() > blob_.size) partial_.restart();
        resumed_ = partial_.size() > 0;
        replay(partial_.fd());
    }

    void replay(int fd) {
        std::vector<char> buffer(kBuffer);
        for (;;) {
            throw_if_cancelled();
            const ssize_t count = ::read(fd, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_errno("cannot read blob '" + blob_.digest.str() + "'");
            if (count == 0) return;
            pass({buffer.data(), static_cast<std::size_t>(count)});
        }
    }

    void download(RegistrySession& session) {
        const ByteSink both = [&](std::string_view piece) {
            throw_if_cancelled();
            partial_.append(piece);
            pass(piece);
        };
        int failures = 0;
        std::uint64_t failed_at = position_;
        std::uint64_t left = kConnections + blob_.size / kBytesPerConnection;
        for (int empty = 0; position_ < blob_.size && empty < kMaxEmpty && left > 0; --left) {
            const std::uint64_t before = position_;
            try {
                static_cast<void>(session.read_blob(blob_.digest, blob_.size, position_, both));
                empty = position_ > before ? 0 : empty + 1;
            } catch (const Error& error) {
                if (error.code() != ErrorCode::Io) throw;
                failures = position_ - failed_at >= kRealProgress ? 1 : failures + 1;
                failed_at = position_;
                if (failures > kMaxIdleTries) throw;
                log::debug("blob %s: %s", blob_.digest.brief().c_str(), error.what());
                pause(failures);
            }
        }
        if (left == 0) {
            throw Error(ErrorCode::Io, "the registry breaks off again and again; blob '" +
                                           blob_.digest.str() + "' is not whole");
        }
        if (position_ < blob_.size) {
            throw Error(ErrorCode::Corrupt, "the registry has only " + std::to_string(position_) +
                                                " of the " + std::to_string(blob_.size) +
                                                " bytes of blob '" + blob_.digest.str() + "'");
        }
    }

    /// Corrupt when all has come and is not what was wanted.
    void complete(RegistrySession& session) {
        download(session);
        if (hash_.finish() == blob_.digest) return;
        throw Error(ErrorCode::Corrupt, "what the registry sent for blob '" + blob_.digest.str() +
                                            "' does not have that digest");
    }
    void complete_or_discard(RegistrySession& session) {
        try {
            complete(session);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Corrupt) discard();
            throw;
        }
    }
    [[nodiscard]] bool resumed() const noexcept { return resumed_; }
    void keep() { partial_.keep(); }
    void discard() noexcept { partial_.discard(); }
    void restart() {
        partial_.restart();
        hash_ = base::Sha256();
        position_ = 0;
        resumed_ = false;
    }

  private:
    void pass(std::string_view piece) {
        hash_.update(piece);
        sink_(piece);
        position_ += piece.size();
        progress_(position_);
    }

    const spec::Descriptor& blob_;
    const ByteSink& sink_;
    const FetchProgress& progress_;
    PartialBlob partial_;
    base::Sha256 hash_;
    std::uint64_t position_ = 0;
    bool resumed_ = false;
};

} // namespace

void fetch_blob(RegistrySession& session, const spec::Descriptor& blob, const ByteSink& sink,
                const std::function<void()>& restarted, const FetchProgress& progress) {
    Fetch fetch(blob, sink, progress);
    if (fetch.arrived_meanwhile()) {
        fetch.replay(open_blob(blob.digest).get());
        return;
    }
    try {
        fetch.replay_kept();
        fetch.complete(session);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Corrupt) throw;
        if (!fetch.resumed()) {
            fetch.discard();
            throw;
        }
        // What lay on disk may be what a power cut left: once more from the beginning.
        fetch.restart();
        restarted();
        fetch.complete_or_discard(session);
    }
    fetch.keep();
}

std::string fetch_text(RegistrySession& session, const spec::Descriptor& blob,
                       std::uint64_t limit) {
    if (blob.size > limit) {
        throw Error(ErrorCode::Corrupt, "blob '" + blob.digest.str() + "' is too large");
    }
    if (!has_blob(blob.digest)) {
        fetch_blob(
            session, blob, [](std::string_view) {}, [] {}, [](std::uint64_t) {});
    }
    std::string text = read_blob(blob.digest, limit);
    if (text.size() != blob.size) {
        throw Error(ErrorCode::Corrupt, "blob '" + blob.digest.str() + "' has " +
                                            std::to_string(text.size()) + " bytes, not the " +
                                            std::to_string(blob.size) + " its manifest says");
    }
    return text;
}

} // namespace berth::image
