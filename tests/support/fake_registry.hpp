// SPDX-License-Identifier: LGPL-2.1-or-later
// A registry in memory, honest or not, for what is built on the registry interface.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <base/hash.hpp>
#include <berth/error.hpp>
#include <berth/registry.hpp>

namespace berth::test {

/// What the place holds and how it behaves; shared by its sessions.
struct FakePlace {
    std::mutex mutex;
    std::map<std::string, RegistryManifest> manifests; ///< by tag and by digest
    std::map<Digest, std::string> blobs;
    std::size_t cut_every = 0;       ///< a transfer ends early after so many bytes
    std::size_t deny_after = 0;      ///< of a blob: then Denied, once
    std::uint64_t served = 0;        ///< bytes of blobs given out
    std::uint64_t uploaded = 0;      ///< bytes of blobs taken in
    std::vector<std::string> mounts; ///< repositories a blob was mounted from

    Digest add_blob(const std::string& bytes) {
        const Digest digest = base::sha256(bytes);
        blobs[digest] = bytes;
        return digest;
    }
    Digest add_manifest(const std::string& tag, const std::string& type, const std::string& bytes) {
        const Digest digest = base::sha256(bytes);
        const RegistryManifest manifest{digest, type, bytes};
        manifests.insert_or_assign(digest.str(), manifest);
        if (!tag.empty()) manifests.insert_or_assign(tag, manifest);
        return digest;
    }
};

class FakeSession final : public RegistrySession {
  public:
    explicit FakeSession(FakePlace& place) : place_(place) {}

    RegistryManifest get_manifest(const std::string& name) override {
        const std::lock_guard lock(place_.mutex);
        const auto found = place_.manifests.find(name);
        if (found == place_.manifests.end()) throw Error(ErrorCode::NotFound, "no " + name);
        return found->second;
    }
    std::uint64_t read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                            const ByteSink& sink) override {
        const std::string bytes = find(digest);
        std::uint64_t end = std::min<std::uint64_t>(size, bytes.size());
        if (place_.cut_every != 0) end = std::min<std::uint64_t>(end, offset + place_.cut_every);
        while (offset < end) {
            const auto piece = std::min<std::uint64_t>(1000, end - offset);
            sink(std::string_view(bytes).substr(offset, piece));
            offset += piece;
            const std::lock_guard lock(place_.mutex);
            place_.served += piece;
            if (place_.deny_after != 0 && offset >= place_.deny_after) {
                place_.deny_after = 0;
                throw Error(ErrorCode::Denied, "no more today");
            }
        }
        return offset;
    }
    bool has_blob(const Digest& digest) override {
        const std::lock_guard lock(place_.mutex);
        return place_.blobs.count(digest) != 0;
    }
    bool mount_blob(const Digest&, const std::string& from) override {
        const std::lock_guard lock(place_.mutex);
        place_.mounts.push_back(from);
        return false;
    }
    void upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                     const std::function<void(std::uint64_t)>& sent) override {
        std::string bytes(size, '\0');
        for (std::uint64_t at = 0; at < size;) {
            at += source(at, bytes.data() + at, size - at);
            sent(at);
        }
        if (base::sha256(bytes) != digest) throw Error(ErrorCode::Corrupt, "wrong digest");
        const std::lock_guard lock(place_.mutex);
        place_.uploaded += size;
        place_.blobs[digest] = std::move(bytes);
    }
    Digest put_manifest(const std::string& tag, const std::string& type,
                        std::string_view bytes) override {
        const std::lock_guard lock(place_.mutex);
        return place_.add_manifest(tag, type, std::string(bytes));
    }
    std::vector<std::string> list_tags() override {
        const std::lock_guard lock(place_.mutex);
        std::vector<std::string> tags;
        for (const auto& [name, manifest] : place_.manifests) {
            if (name.find(':') == std::string::npos) tags.push_back(name);
        }
        return tags;
    }

  private:
    std::string find(const Digest& digest) {
        const std::lock_guard lock(place_.mutex);
        const auto found = place_.blobs.find(digest);
        if (found == place_.blobs.end()) throw Error(ErrorCode::NotFound, "no " + digest.str());
        return found->second;
    }

    FakePlace& place_;
};

class FakeRegistry final : public Registry {
  public:
    explicit FakeRegistry(FakePlace& place) : place_(place) {}
    Probe probe() override { return {.usable = true, .reason = ""}; }
    std::unique_ptr<RegistrySession> open(const RegistryTarget&) override {
        return std::make_unique<FakeSession>(place_);
    }
    std::vector<SearchResult> search(const RegistryTarget&, const std::string& term,
                                     unsigned) override {
        return {{.name = "found/" + term}};
    }
    RegistryCredentials login(const RegistryTarget& target) override {
        if (target.credentials->secret != "right") throw Error(ErrorCode::Denied, "wrong");
        return *target.credentials;
    }

  private:
    FakePlace& place_;
};

} // namespace berth::test
