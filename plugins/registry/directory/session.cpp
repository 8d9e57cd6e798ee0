// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session.hpp"

#include <algorithm>
#include <set>

#include <unistd.h>

#include <base/hash.hpp>

namespace berth::directory {

namespace {

constexpr std::uint64_t kMaxManifest = 4U << 20U;
constexpr std::size_t kReadBuffer = 1U << 20U;
constexpr std::size_t kMaxTags = 10000;

std::size_t read_at(int fd, std::uint64_t offset, char* buffer, std::size_t size) {
    for (;;) {
        const ssize_t count = ::pread(fd, buffer, size, static_cast<off_t>(offset));
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) throw_errno("cannot read a blob");
    }
}

} // namespace

RegistryManifest Session::manifest_of(const IndexEntry& entry) const {
    RegistryManifest manifest{.digest = entry.digest,
                              .media_type = entry.media_type,
                              .bytes = layout_.read_blob(entry.digest, kMaxManifest)};
    if (base::sha256(manifest.bytes) != entry.digest) {
        throw Error(ErrorCode::Corrupt, "manifest '" + entry.digest.str() + "' in '" +
                                            layout_.path() + "' does not have its digest");
    }
    return manifest;
}

RegistryManifest Session::by_tag(const std::string& tag) const {
    const auto entries = layout_.entries();
    std::vector<IndexEntry> found;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(found),
                 [&](const IndexEntry& entry) { return names_tag(entry.name, tag); });
    // "latest" is what no tag means; a layout of a single image needs none.
    if (found.empty() && tag == "latest" && entries.size() == 1) found = entries;
    if (found.empty()) {
        throw Error(ErrorCode::NotFound,
                    "the image layout '" + layout_.path() + "' has no tag '" + tag + "'");
    }
    if (found.size() == 1) return manifest_of(found.front());
    std::string index = layout_.index_of(tag);
    return {.digest = base::sha256(index),
            .media_type = "application/vnd.oci.image.index.v1+json",
            .bytes = std::move(index)};
}

RegistryManifest Session::by_digest(const Digest& digest) const {
    for (const auto& entry : layout_.entries()) {
        if (entry.digest == digest) return manifest_of(entry);
    }
    return manifest_of({.media_type = "", .digest = digest, .name = ""});
}

RegistryManifest Session::get_manifest(const std::string& tag_or_digest) {
    if (tag_or_digest.find(':') != std::string::npos) return by_digest(Digest(tag_or_digest));
    return by_tag(tag_or_digest);
}

std::uint64_t Session::read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                                 const ByteSink& sink) {
    const base::Fd fd = layout_.open_blob(digest);
    std::vector<char> buffer(kReadBuffer);
    while (offset < size) {
        const std::size_t count = read_at(fd.get(), offset, buffer.data(),
                                          std::min<std::uint64_t>(buffer.size(), size - offset));
        if (count == 0) {
            throw Error(ErrorCode::Corrupt, "blob '" + digest.str() + "' in '" + layout_.path() +
                                                "' is shorter than its manifest says");
        }
        sink({buffer.data(), count});
        offset += count;
    }
    return offset;
}

void Session::upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                          const std::function<void(std::uint64_t)>& sent) {
    layout_.write_blob(digest, size, source, sent);
}

Digest Session::put_manifest(const std::string& tag, const std::string& media_type,
                             std::string_view bytes) {
    const Digest digest = base::sha256(bytes);
    const auto source = [&](std::uint64_t offset, char* buffer, std::size_t size) {
        return bytes.copy(buffer, size, offset);
    };
    layout_.write_blob(digest, bytes.size(), source, [](std::uint64_t) {});
    layout_.tag(tag, media_type, digest, bytes.size());
    return digest;
}

std::vector<std::string> Session::list_tags() {
    std::set<std::string> tags;
    for (const auto& entry : layout_.entries()) {
        const std::size_t colon = entry.name.rfind(':');
        const std::size_t slash = entry.name.rfind('/');
        const bool whole =
            colon != std::string::npos && (slash == std::string::npos || colon > slash);
        if (!entry.name.empty()) tags.insert(whole ? entry.name.substr(colon + 1) : entry.name);
    }
    std::vector<std::string> all(tags.begin(), tags.end());
    if (all.size() > kMaxTags) all.resize(kMaxTags);
    return all;
}

} // namespace berth::directory
