// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layers.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include <base/log.hpp>
#include <image/blobs.hpp>
#include <image/cancel.hpp>
#include <image/fetch.hpp>
#include <image/file_lock.hpp>
#include <image/free_space.hpp>
#include <image/layer_stream.hpp>
#include <spec/image_config.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kConnections = 4;

/// One layer on its way; `lock` keeps other jobs from it until it is complete.
struct Task {
    const WantedLayer& wanted;
    std::optional<FileLock> lock; ///< held when the layer has to be unpacked
    bool fetch = false;           ///< the blob is missing
    bool needs_parents = false;   ///< it could not be unpacked alone
    [[nodiscard]] bool unpack() const noexcept { return lock.has_value(); }
    [[nodiscard]] std::string id() const { return wanted.blob.digest.brief(); }
};

/// A blob that was there before has the right digest; what its manifest says of it may still lie.
void check_size(const spec::Descriptor& blob) {
    const std::uint64_t size = blob_size(blob.digest);
    if (size == blob.size) return;
    throw Error(ErrorCode::Corrupt, "blob '" + blob.digest.str() + "' has " + std::to_string(size) +
                                        " bytes, not the " + std::to_string(blob.size) +
                                        " its manifest says");
}

std::string lock_path(const LayerId& chain) {
    return store::partial_blob_dir() + "/layer-" + chain.str();
}

/// One installation under way, shared by its threads.
class Installation {
  public:
    Installation(Engine& engine, const BlobOrigin& origin) : engine_(engine), origin_(origin) {}
    Installation(const Installation&) = delete;
    Installation& operator=(const Installation&) = delete;
    ~Installation();

    void prepare(const std::vector<WantedLayer>& layers);
    void run();
    void finish_on_parents();
    [[nodiscard]] InstalledLayers result() const;

  private:
    void check_space() const;
    void work();
    void bring(Task& task, RegistrySession* session);
    void fetch_only(Task& task, RegistrySession* session);
    void stream(Task& task, RegistrySession* session);
    void check(Task& task, RegistrySession* session);
    void unpack_from_disk(Task& task, UnpackMode mode);
    void create(const WantedLayer& layer);
    void complete(Task& task);
    void report(const Task& task, const char* status, std::uint64_t done = 0) const;

    Engine& engine_;
    const BlobOrigin& origin_;
    std::vector<Task> tasks_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;
    bool up_to_date_ = true;
};

/// Whatever is not complete by now will not be: it goes, highest first.
Installation::~Installation() {
    for (auto task = tasks_.rbegin(); task != tasks_.rend(); ++task) {
        if (!task->lock) continue;
        try {
            if (!engine_.storage.is_complete(task->wanted.chain)) {
                engine_.storage.remove(task->wanted.chain);
            }
        } catch (const std::exception& error) {
            log::debug("removing an unfinished layer: %s", error.what());
        }
        task->lock->remove();
    }
}

void Installation::report(const Task& task, const char* status, std::uint64_t done) const {
    engine_.progress.report(task.id(), status, done, task.wanted.blob.size);
}

void Installation::create(const WantedLayer& layer) {
    engine_.storage.create(layer.chain, layer.parent, {.kind = LayerKind::Image});
}

void Installation::prepare(const std::vector<WantedLayer>& layers) {
    tasks_.reserve(layers.size());
    for (const auto& layer : layers) {
        Task& task = tasks_.emplace_back(Task{.wanted = layer, .lock = std::nullopt});
        task.fetch = !has_blob(layer.blob.digest);
        if (!task.fetch) check_size(layer.blob);
        if (!engine_.storage.is_complete(layer.chain)) {
            FileLock lock(lock_path(layer.chain));
            // Another job may have completed it while this one waited.
            if (!engine_.storage.is_complete(layer.chain)) {
                task.lock = std::move(lock);
                create(layer);
            } else {
                lock.remove();
            }
        }
        if (task.fetch || task.unpack()) up_to_date_ = false;
        const char* wanted = origin_ ? "Pulling fs layer" : "Preparing";
        report(task, task.fetch || task.unpack() ? wanted : "Already exists");
    }
    check_space();
}

void Installation::check_space() const {
    std::uint64_t needed = 0;
    for (const auto& task : tasks_) {
        if (task.fetch) needed += task.wanted.blob.size;
    }
    const std::uint64_t free = free_space();
    if (needed > free) {
        throw Error(ErrorCode::Exhausted, "the image needs " + std::to_string(needed >> 20U) +
                                              " MiB, but '" + store::state_dir() + "' has " +
                                              std::to_string(free >> 20U) +
                                              " MiB free; remove what is not needed with `berth "
                                              "system prune`");
    }
}

void Installation::run() {
    std::vector<std::thread> threads;
    for (std::size_t n = 0; n < std::min(kConnections, tasks_.size()); ++n) {
        threads.emplace_back([this] { work(); });
    }
    for (auto& thread : threads)
        thread.join();
    if (failure_) std::rethrow_exception(failure_);
}

void Installation::work() {
    std::unique_ptr<RegistrySession> session;
    for (;;) {
        const std::size_t at = next_++;
        if (at >= tasks_.size() || stopped_) return;
        try {
            throw_if_cancelled();
            if (tasks_[at].fetch && origin_ && !session) session = origin_();
            bring(tasks_[at], session.get());
        } catch (...) {
            stopped_ = true;
            const std::lock_guard lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
        }
    }
}

void Installation::bring(Task& task, RegistrySession* session) {
    const bool alone = engine_.storage.traits().independent_layers;
    if (task.fetch && session == nullptr) {
        throw Error(ErrorCode::NotFound, "blob '" + task.wanted.blob.digest.str() + "' is missing");
    }
    if (!task.unpack()) return check(task, session);
    if (!alone) {
        if (task.fetch) fetch_only(task, session);
        task.needs_parents = true;
    } else if (task.fetch) {
        stream(task, session);
    } else {
        unpack_from_disk(task, UnpackMode::Alone);
    }
    if (!task.needs_parents) complete(task);
}

void Installation::fetch_only(Task& task, RegistrySession* session) {
    fetch_blob(
        *session, task.wanted.blob,
        [this](std::string_view) {
            if (stopped_) throw Error(ErrorCode::Cancelled, "another layer failed");
        },
        [] {}, [&](std::uint64_t done) { report(task, "Downloading", done); });
    report(task, "Download complete", task.wanted.blob.size);
}

/// The layer is there. The blob that the image has it in may still be something else.
void Installation::check(Task& task, RegistrySession* session) {
    const auto& wanted = task.wanted;
    if (task.fetch) {
        stream(task, session);
    } else if (!is_known_content(wanted.blob.digest, wanted.diff)) {
        unpack_from_disk(task, UnpackMode::Check);
    } else {
        return;
    }
    note_content(wanted.blob.digest, wanted.diff);
}

void Installation::stream(Task& task, RegistrySession* session) {
    LayerStream stream(engine_, task.wanted, task.unpack() ? UnpackMode::Alone : UnpackMode::Check);
    const ByteSink sink = [&](std::string_view piece) {
        if (stopped_) throw Error(ErrorCode::Cancelled, "another layer failed");
        stream.write(piece);
    };
    const auto restarted = [&] {
        if (task.unpack()) create(task.wanted);
        stream.restart();
    };
    fetch_blob(*session, task.wanted.blob, sink, restarted,
               [&](std::uint64_t done) { report(task, "Downloading", done); });
    report(task, "Extracting", task.wanted.blob.size);
    task.needs_parents = !stream.finish();
}

void Installation::unpack_from_disk(Task& task, UnpackMode mode) {
    report(task, "Extracting");
    task.needs_parents = !unpack_blob(engine_, task.wanted, mode);
}

void Installation::complete(Task& task) {
    engine_.storage.complete(task.wanted.chain);
    note_content(task.wanted.blob.digest, task.wanted.diff);
    report(task, origin_ ? "Pull complete" : "Complete", task.wanted.blob.size);
    task.lock->remove();
    task.lock.reset();
}

/// What could not be unpacked alone, lowest first: each finds its parents complete.
void Installation::finish_on_parents() {
    const bool alone = engine_.storage.traits().independent_layers;
    for (auto& task : tasks_) {
        if (!task.needs_parents) continue;
        throw_if_cancelled();
        create(task.wanted);
        unpack_from_disk(task, alone ? UnpackMode::OnParents : UnpackMode::Alone);
        complete(task);
    }
}

InstalledLayers Installation::result() const {
    InstalledLayers installed{.layers = {}, .up_to_date = up_to_date_};
    for (const auto& task : tasks_) {
        const auto& wanted = task.wanted;
        installed.layers.push_back({.chain = wanted.chain,
                                    .diff = wanted.diff,
                                    .blob = wanted.blob.digest,
                                    .blob_size = wanted.blob.size,
                                    .size = engine_.storage.usage(wanted.chain).bytes,
                                    .media_type = wanted.blob.media_type});
    }
    return installed;
}

} // namespace

std::vector<WantedLayer> wanted_layers(const std::vector<Digest>& diff_ids,
                                       const std::vector<spec::Descriptor>& blobs) {
    if (diff_ids.size() != blobs.size()) {
        throw Error(ErrorCode::Corrupt, "the image's manifest has " + std::to_string(blobs.size()) +
                                            " layers, its configuration " +
                                            std::to_string(diff_ids.size()));
    }
    const auto chains = spec::chain_ids(diff_ids);
    std::vector<WantedLayer> layers;
    for (std::size_t at = 0; at < blobs.size(); ++at) {
        layers.push_back({.chain = chains[at],
                          .parent = at == 0 ? std::nullopt : std::optional(chains[at - 1]),
                          .diff = diff_ids[at],
                          .blob = blobs[at]});
    }
    return layers;
}

InstalledLayers install_layers(Engine& engine, const std::vector<WantedLayer>& layers,
                               const BlobOrigin& origin) {
    const unsigned deepest = engine.storage.traits().max_depth;
    if (deepest != 0 && layers.size() > deepest) {
        throw Error(ErrorCode::Unsupported, "the image has " + std::to_string(layers.size()) +
                                                " layers, storage driver '" + engine.driver +
                                                "' stacks at most " + std::to_string(deepest));
    }
    Installation installation(engine, origin);
    installation.prepare(layers);
    installation.run();
    installation.finish_on_parents();
    return installation.result();
}

} // namespace berth::image
