// SPDX-License-Identifier: LGPL-2.1-or-later
#include "push.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include <unistd.h>

#include <image/blobs.hpp>
#include <image/cancel.hpp>
#include <spec/manifest.hpp>
#include <spec/reference.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kConnections = 4;

spec::Reference target_of(const std::string& text) {
    const auto reference = spec::parse_reference(text).with_default_tag();
    if (reference.digest) {
        throw Error(ErrorCode::InvalidArgument,
                    "cannot push to '" + text + "': a digest is no place to push to; give a tag");
    }
    return reference;
}

/// Other repositories of the same registry that have the image's blobs.
std::vector<std::string> repositories_to_mount_from(const spec::Reference& target,
                                                    const std::vector<std::string>& references) {
    std::set<std::string> found;
    for (const auto& text : references) {
        const auto other = spec::parse_reference(text);
        const bool same_place = other.plugin == target.plugin && other.host == target.host;
        if (same_place && other.repository != target.repository) found.insert(other.repository);
    }
    return {found.begin(), found.end()};
}

/// The configuration and the layers, each digest once.
std::vector<spec::Descriptor> blobs_of(const spec::ImageManifest& manifest) {
    std::vector<spec::Descriptor> blobs;
    std::set<Digest> seen;
    for (const auto& layer : manifest.layers) {
        if (seen.insert(layer.digest).second) blobs.push_back(layer);
    }
    if (seen.insert(manifest.config.digest).second) blobs.push_back(manifest.config);
    return blobs;
}

class Upload {
  public:
    Upload(Places& places, Progress& progress, const spec::Reference& target,
           std::vector<std::string> mount_from, std::vector<spec::Descriptor> blobs)
        : places_(places), progress_(progress), target_(target), mount_from_(std::move(mount_from)),
          blobs_(std::move(blobs)) {}

    void run() {
        std::vector<std::thread> threads;
        for (std::size_t n = 0; n < std::min(kConnections, blobs_.size()); ++n) {
            threads.emplace_back([this] { work(); });
        }
        for (auto& thread : threads)
            thread.join();
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    void work() {
        std::unique_ptr<RegistrySession> session;
        for (;;) {
            const std::size_t at = next_++;
            if (at >= blobs_.size() || stopped_) return;
            try {
                if (!session) session = places_.open(target_, true);
                send(*session, blobs_[at]);
            } catch (...) {
                stopped_ = true;
                const std::lock_guard lock(mutex_);
                if (!failure_) failure_ = std::current_exception();
            }
        }
    }

    void send(RegistrySession& session, const spec::Descriptor& blob) {
        const auto report = [&](const std::string& status, std::uint64_t done) {
            progress_.report(blob.digest.brief(), status, done, blob.size);
        };
        throw_if_cancelled();
        report("Preparing", 0);
        if (session.has_blob(blob.digest)) return report("Layer already exists", blob.size);
        for (const auto& repository : mount_from_) {
            if (!session.mount_blob(blob.digest, repository)) continue;
            return report("Mounted from " + repository, blob.size);
        }
        upload(session, blob, report);
        report("Pushed", blob.size);
    }

    template <class Report>
    void upload(RegistrySession& session, const spec::Descriptor& blob, const Report& report) {
        const base::Fd fd = open_blob(blob.digest);
        const ByteSource source = [&](std::uint64_t offset, char* buffer, std::size_t size) {
            throw_if_cancelled();
            if (stopped_) throw Error(ErrorCode::Cancelled, "another layer failed");
            for (;;) {
                const ssize_t count = ::pread(fd.get(), buffer, size, static_cast<off_t>(offset));
                if (count >= 0) return static_cast<std::size_t>(count);
                if (errno != EINTR) throw_errno("cannot read blob '" + blob.digest.str() + "'");
            }
        };
        session.upload_blob(blob.digest, blob.size, source,
                            [&](std::uint64_t sent) { report("Pushing", sent); });
    }

    Places& places_;
    Progress& progress_;
    const spec::Reference& target_;
    std::vector<std::string> mount_from_;
    std::vector<spec::Descriptor> blobs_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::exception_ptr failure_;
};

spec::ImageManifest read_image_manifest(const std::string& bytes) {
    auto parsed = spec::parse_manifest(bytes, "");
    if (auto* manifest = std::get_if<spec::ImageManifest>(&parsed)) return std::move(*manifest);
    throw Error(ErrorCode::Corrupt, "the image's manifest is an index");
}

} // namespace

spec::JobResult push(Places& places, Progress& progress, const spec::PushRequest& request) {
    const auto target = target_of(request.reference);
    const std::string bytes = read_blob(request.image.manifest, spec::kManifestLimit);
    const auto manifest = read_image_manifest(bytes);
    Upload(places, progress, target, repositories_to_mount_from(target, request.image.references),
           blobs_of(manifest))
        .run();
    const auto session = places.open(target, true);
    const Digest digest = session->put_manifest(target.tag, manifest.media_type, bytes);
    return {.ok = true, .digest = digest.str()};
}

} // namespace berth::image
