// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session.hpp"

#include "paging.hpp"
#include "upload.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include <base/hash.hpp>
#include <base/json_view.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr std::uint64_t kMaxManifest = 4U << 20U;
constexpr std::size_t kMaxTags = 10000;
constexpr int kAttempts = 3;

const std::vector<std::string> kAccept{
    "Accept: application/vnd.oci.image.index.v1+json",
    "Accept: application/vnd.oci.image.manifest.v1+json",
    "Accept: application/vnd.docker.distribution.manifest.list.v2+json",
    "Accept: application/vnd.docker.distribution.manifest.v2+json",
};

std::string scope_of(const RegistryTarget& target) {
    return "repository:" + target.repository + (target.writable ? ":pull,push" : ":pull");
}

/// A server that is busy or restarting is asked again after a moment.
HttpResponse ask_patiently(Client& client, const HttpRequest& request, const std::string& path) {
    for (int attempt = 1;; ++attempt) {
        HttpResponse response = client.ask(request, path);
        const bool passing = response.status >= 500 && response.status != 501;
        if (!passing || attempt == kAttempts) return response;
        std::this_thread::sleep_for(std::chrono::milliseconds(300 * attempt));
    }
}

/// "bytes 100-199/200": where the answer starts.
std::optional<std::uint64_t> range_start(const std::string& content_range) {
    static constexpr std::string_view kUnit = "bytes ";
    if (content_range.compare(0, kUnit.size(), kUnit) != 0) return std::nullopt;
    const std::string_view rest = std::string_view(content_range).substr(kUnit.size());
    return base::parse_number(rest.substr(0, rest.find('-')));
}

std::string content_type(const HttpResponse& response) {
    const std::string type = response.header("content-type");
    return std::string(base::trim(std::string_view(type).substr(0, type.find(';'))));
}

/// Hands on the wanted part of a blob and nothing beyond.
class BlobStream {
  public:
    BlobStream(const Digest& digest, std::uint64_t size, std::uint64_t offset, const ByteSink& sink)
        : digest_(digest), size_(size), position_(offset), sink_(sink) {}

    void take(const HttpResponse& head, std::string_view piece) {
        if (!begun_) begin(head);
        const std::size_t skipped = std::min<std::uint64_t>(skip_, piece.size());
        skip_ -= skipped;
        piece.remove_prefix(skipped);
        if (piece.size() > size_ - position_) {
            throw Error(ErrorCode::Corrupt, "the registry sends more than the " +
                                                std::to_string(size_) + " bytes of blob '" +
                                                digest_.str() + "'");
        }
        sink_(piece);
        position_ += piece.size();
    }

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

  private:
    void begin(const HttpResponse& head) {
        begun_ = true;
        if (position_ == 0 && head.status == 200) return;
        if (head.status != 206) {
            skip_ = position_; // it does not know ranges and starts over
            return;
        }
        if (range_start(head.header("content-range")) != position_) {
            throw Error(ErrorCode::Corrupt, "the registry sends another part of blob '" +
                                                digest_.str() + "' than was asked for");
        }
    }

    const Digest& digest_;
    std::uint64_t size_;
    std::uint64_t position_;
    std::uint64_t skip_ = 0;
    bool begun_ = false;
    const ByteSink& sink_;
};

} // namespace

Session::Session(const Settings& settings, Knowledge& knowledge, RegistryTarget target)
    : target_(std::move(target)), prefix_("/v2/" + target_.repository) {
    const auto mirrors = settings.mirrors.find(target_.host);
    if (mirrors != settings.mirrors.end() && !target_.writable) {
        for (const auto& mirror : mirrors->second) {
            places_.push_back(std::make_unique<Client>(settings, knowledge, mirror, std::nullopt,
                                                       scope_of(target_)));
        }
    }
    places_.push_back(std::make_unique<Client>(settings, knowledge, target_.host,
                                               target_.credentials, scope_of(target_)));
}

template <class Action>
auto Session::first_that_can(Action action) {
    for (std::size_t at = 0; at + 1 < places_.size(); ++at) {
        try {
            return action(*places_[at]);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::Corrupt) throw;
            log::debug("mirror '%s': %s", places_[at]->host().c_str(), error.what());
        }
    }
    return action(main());
}

RegistryManifest Session::get_manifest(const std::string& tag_or_digest) {
    return first_that_can([&](Client& client) { return manifest_from(client, tag_or_digest); });
}

RegistryManifest Session::manifest_from(Client& client, const std::string& reference) {
    HttpRequest request{.headers = kAccept, .limit = kMaxManifest};
    const HttpResponse response =
        ask_patiently(client, request, prefix_ + "/manifests/" + escape(reference));
    const auto subject =
        client.subject("manifest '" + reference + "' of '" + target_.repository + "'");
    if (response.status != 200) throw_status(response, subject);
    if (!response.broken.empty()) {
        throw Error(ErrorCode::Io, subject.what + ": the connection broke: " + response.broken);
    }
    RegistryManifest manifest{.digest = base::sha256(response.body),
                              .media_type = content_type(response),
                              .bytes = response.body};
    if (reference.find(':') != std::string::npos && manifest.digest.str() != reference) {
        throw Error(ErrorCode::Corrupt, subject.what + " at '" + client.host() +
                                            "' has the digest " + manifest.digest.str());
    }
    return manifest;
}

std::uint64_t Session::read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                                 const ByteSink& sink) {
    if (offset >= size) return size;
    bool begun = false;
    const ByteSink noticing = [&](std::string_view piece) {
        begun = true;
        sink(piece);
    };
    for (std::size_t at = 0; at + 1 < places_.size(); ++at) {
        try {
            return blob_from(*places_[at], digest, size, offset, noticing);
        } catch (const Error& error) {
            if (begun || error.code() == ErrorCode::Cancelled) throw;
            log::debug("mirror '%s': %s", places_[at]->host().c_str(), error.what());
        }
    }
    return blob_from(main(), digest, size, offset, sink);
}

std::uint64_t Session::blob_from(Client& client, const Digest& digest, std::uint64_t size,
                                 std::uint64_t offset, const ByteSink& sink) {
    BlobStream stream(digest, size, offset, sink);
    HttpRequest request{.quick = false};
    if (offset > 0) request.headers.push_back("Range: bytes=" + std::to_string(offset) + "-");
    request.sink = [&](const HttpResponse& head, std::string_view piece) {
        stream.take(head, piece);
    };
    const HttpResponse response =
        ask_patiently(client, request, prefix_ + "/blobs/" + digest.str());
    if (response.status == 416) return offset; // it has no more than this
    if (!response.ok()) {
        throw_status(response,
                     client.subject("blob '" + digest.str() + "' of '" + target_.repository + "'"));
    }
    if (!response.broken.empty()) log::debug("blob: %s", response.broken.c_str());
    return stream.position();
}

bool Session::has_blob(const Digest& digest) {
    const HttpResponse response =
        ask_patiently(main(), HttpRequest{.method = "HEAD"}, prefix_ + "/blobs/" + digest.str());
    if (response.ok()) return true;
    if (response.status == 404) return false;
    throw_status(response,
                 main().subject("blob '" + digest.str() + "' of '" + target_.repository + "'"));
}

bool Session::mount_blob(const Digest& digest, const std::string& from_repository) {
    std::string path = with_query(prefix_ + "/blobs/uploads/", "mount", digest.str());
    path = with_query(path, "from", from_repository);
    const Url url = main().url(path);
    const HttpResponse response = main().ask(HttpRequest{.method = "POST"}, url);
    if (response.status == 201) return true;
    if (response.status == 202) kept_upload_ = main().resolve(url, response.header("location"));
    return false;
}

void Session::upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                          const std::function<void(std::uint64_t)>& sent) {
    Upload upload(main(), prefix_, digest, size);
    upload.run(std::exchange(kept_upload_, std::nullopt), source, sent);
}

Digest Session::put_manifest(const std::string& tag, const std::string& media_type,
                             std::string_view bytes) {
    const Digest digest = base::sha256(bytes);
    HttpRequest request{
        .method = "PUT", .headers = {"Content-Type: " + media_type}, .body = std::string(bytes)};
    const std::string name = tag.empty() ? digest.str() : tag;
    const HttpResponse response =
        ask_patiently(main(), request, prefix_ + "/manifests/" + escape(name));
    if (!response.ok()) {
        throw_status(response,
                     main().subject("manifest '" + name + "' of '" + target_.repository + "'"));
    }
    const std::string named = response.header("docker-content-digest");
    if (!named.empty() && named != digest.str()) {
        throw Error(ErrorCode::Corrupt, "the registry '" + target_.host +
                                            "' stored another manifest than the one it was given");
    }
    return digest;
}

std::vector<std::string> Session::list_tags() {
    return read_pages(main(), prefix_ + "/tags/list?n=1000", "tags", kMaxTags,
                      "the tags of '" + target_.repository + "'");
}

} // namespace berth::distribution
