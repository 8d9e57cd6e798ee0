// SPDX-License-Identifier: LGPL-2.1-or-later
#include "trees.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>
#include <image/copy_in.hpp>
#include <image/fs_user.hpp>
#include <image/piped_producer.hpp>
#include <image/unpacked_stream.hpp>

namespace berth::build {

namespace {

constexpr std::uint64_t kMaxIgnoreFile = 1U << 20U;
constexpr const char* kIgnoreFile = ".dockerignore";

dockerfile::IgnoreList read_ignored(const base::Dir& root, std::uint32_t reader) {
    const image::FsUser user(reader);
    if (!root.stat(kIgnoreFile, base::Resolve::InRoot)) return {};
    return dockerfile::IgnoreList::parse(
        root.read(kIgnoreFile, kMaxIgnoreFile, base::Resolve::InRoot));
}

} // namespace

Trees::Trees(image::Engine& engine, int context, std::uint32_t reader)
    : engine_(engine), context_fd_(context), reader_(reader) {}

const SourceTree& Trees::context() {
    if (!context_) {
        base::Dir root = open_context();
        auto ignored = read_ignored(root, reader_);
        context_ = std::make_unique<SourceTree>(std::move(root), reader_, std::move(ignored));
    }
    return *context_;
}

base::Dir Trees::open_context() {
    struct stat status {};
    if (::fstat(context_fd_, &status) < 0) throw_errno("cannot look at the context");
    if (S_ISDIR(status.st_mode)) {
        base::Fd copy(::fcntl(context_fd_, F_DUPFD_CLOEXEC, 3));
        if (!copy) throw_errno("cannot hold the context");
        return base::Dir(std::move(copy));
    }
    reader_ = 0; // the files are the engine's own from here on
    unpacked_ = std::make_unique<TemporaryLayer>(engine_.storage, std::nullopt);
    const spec::CopyInRequest request{
        .container = {.layer = unpacked_->id().str(), .driver = engine_.driver},
        .path = "/",
        .contents = true};
    image::PipedProducer tar([this](int out) { image::copy_unpacked(context_fd_, out); });
    (void)image::copy_in(engine_.storage, request, tar.fd());
    tar.finish();
    return open_layer(unpacked_->id());
}

base::Dir Trees::open_layer(const LayerId& layer) {
    const spec::JobContainer container{.layer = layer.str(), .driver = engine_.driver};
    mounted_.push_back(std::make_unique<image::ContainerTree>(container, engine_.storage,
                                                              image::TreeUse::RootOnly));
    return mounted_.back()->root().open_dir(".");
}

const SourceTree& Trees::of_layer(const std::optional<LayerId>& top) {
    auto& tree = layers_[top ? top->str() : ""];
    if (!tree) {
        if (!top && !nothing_) {
            nothing_ = std::make_unique<TemporaryLayer>(engine_.storage, std::nullopt);
        }
        tree = std::make_unique<SourceTree>(open_layer(top ? *top : nothing_->id()), 0,
                                            dockerfile::IgnoreList());
    }
    return *tree;
}

} // namespace berth::build
