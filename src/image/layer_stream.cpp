// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layer_stream.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <image/blobs.hpp>
#include <image/free_space.hpp>

namespace berth::image {

namespace {

constexpr int kPipeSize = 1 << 20;
constexpr std::uint64_t kPlainLimit = 32ULL << 30U; ///< what any layer may hold
constexpr std::uint64_t kRatio = 200;               ///< what a large one may grow by

/// A bound on a layer's content: what the disk has, and what is not a bomb.
std::uint64_t content_limit(const spec::Descriptor& blob) {
    return std::min(usable_space(), std::max(kPlainLimit, blob.size * kRatio));
}

UnpackRequest request_for(const Engine& engine, const WantedLayer& layer, base::Fd stream,
                          UnpackMode mode) {
    return {.driver = engine.driver,
            .layer = layer.chain,
            .diff_id = layer.diff,
            .stream = std::move(stream),
            .max_bytes = content_limit(layer.blob),
            .mode = mode};
}

[[noreturn]] void blame_layer(const WantedLayer& layer, const Error& error) {
    throw with_context("layer '" + layer.blob.digest.str() + "'", error);
}

} // namespace

LayerStream::LayerStream(const Engine& engine, const WantedLayer& layer, UnpackMode mode)
    : engine_(engine), layer_(layer), mode_(mode) {
    start();
}

void LayerStream::start() {
    base::Pipe pipe = base::make_pipe(kPipeSize);
    unpacker_ =
        std::make_unique<Unpacker>(request_for(engine_, layer_, std::move(pipe.read), mode_));
    pipe_ = std::move(pipe.write);
}

void LayerStream::restart() {
    pipe_.reset();
    unpacker_.reset();
    needs_parents_ = false;
    start();
}

void LayerStream::write(std::string_view piece) {
    while (!piece.empty() && pipe_) {
        const ssize_t count = ::write(pipe_.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EPIPE) {
            collect();
            if (needs_parents_) return;
            throw Error(ErrorCode::Corrupt,
                        "layer '" + layer_.blob.digest.str() + "' has data behind its end");
        }
        if (count < 0) throw_errno("cannot write to the unpacker");
        piece.remove_prefix(static_cast<std::size_t>(count));
    }
}

void LayerStream::collect() {
    pipe_.reset();
    const auto unpacker = std::move(unpacker_);
    try {
        static_cast<void>(unpacker->wait());
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Busy) blame_layer(layer_, error);
        needs_parents_ = true;
    }
}

bool LayerStream::finish() {
    if (unpacker_) collect();
    return !needs_parents_;
}

bool unpack_blob(const Engine& engine, const WantedLayer& layer, UnpackMode mode) {
    UnpackRequest request = request_for(engine, layer, open_blob(layer.blob.digest), mode);
    try {
        Unpacker unpacker(std::move(request));
        static_cast<void>(unpacker.wait());
        return true;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Busy && mode != UnpackMode::OnParents) return false;
        blame_layer(layer, error);
    }
}

} // namespace berth::image
