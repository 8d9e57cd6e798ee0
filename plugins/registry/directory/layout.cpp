// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layout.hpp"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/json_view.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>

namespace berth::directory {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxIndex = 4U << 20U;
constexpr std::size_t kMaxEntries = 4096;
constexpr std::size_t kBuffer = 1U << 20U;
constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr const char* kVersionText = R"({"imageLayoutVersion":"1.0.0"})";

std::string blob_name(const Digest& digest) {
    return "blobs/sha256/" + digest.hex();
}

/// The annotation that names an entry of index.json.
std::string ref_name(const Json& entry) {
    const auto annotations = entry.find("annotations");
    if (annotations == entry.end() || !annotations->is_object()) return {};
    const auto name = annotations->find(kRefName);
    return name != annotations->end() && name->is_string() ? name->get<std::string>() : "";
}

base::Dir open_layout(const std::string& path, bool create) {
    if (create) base::make_directories(path, 0755);
    try {
        return base::Dir::open(path);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        throw Error(ErrorCode::NotFound, "there is no image layout '" + path + "'", ENOENT);
    }
}

/// Two writers take turns; the directory itself is the lock, until the descriptor is closed.
base::Fd lock_layout(const base::Dir& dir, const std::string& path) {
    base::Fd lock = dir.open_file(".", O_RDONLY | O_DIRECTORY);
    if (::flock(lock.get(), LOCK_EX) < 0) throw_errno("cannot lock '" + path + "'");
    return lock;
}

void initialise(const base::Dir& dir, const std::string& path) {
    const base::Fd lock = lock_layout(dir, path);
    if (!dir.list().empty()) return;
    static_cast<void>(dir.make_dirs("blobs/sha256", 0755));
    dir.write_atomically("index.json", R"({"schemaVersion":2,"manifests":[]})", 0644);
    dir.write_atomically("oci-layout", kVersionText, 0644);
}

} // namespace

bool names_tag(const std::string& name, const std::string& tag) {
    if (name == tag) return true;
    const std::string end = ":" + tag;
    return name.size() > end.size() && name.find('@') == std::string::npos &&
           name.compare(name.size() - end.size(), end.size(), end) == 0;
}

Layout::Layout(const std::string& path, bool create)
    : path_(path), dir_(open_layout(path, create)) {
    if (create) initialise(dir_, path_);
    check_version();
}

void Layout::check_version() const {
    if (!dir_.exists("oci-layout")) {
        throw Error(ErrorCode::Corrupt,
                    "'" + path_ + "' is no OCI image layout: it has no file 'oci-layout'");
    }
    const auto json = base::parse_json(dir_.read("oci-layout", 4096), 4096, path_ + "/oci-layout");
    const std::string version = base::JsonView(json, "oci-layout").text("imageLayoutVersion");
    if (version.compare(0, 2, "1.") != 0) {
        throw Error(ErrorCode::Unsupported, "'" + path_ + "' is an image layout of version '" +
                                                version.substr(0, 20) +
                                                "'; only version 1 is known");
    }
}

Json Layout::read_index() const {
    return base::parse_json(dir_.read("index.json", kMaxIndex), kMaxIndex, path_ + "/index.json");
}

std::vector<IndexEntry> Layout::entries() const {
    const Json json = read_index();
    std::vector<IndexEntry> all;
    for (const auto& entry :
         base::JsonView(json, path_ + "/index.json").objects("manifests", kMaxEntries)) {
        const auto annotations = entry.text_map("annotations");
        const auto name = annotations.find(kRefName);
        all.push_back({.media_type = entry.text("mediaType"),
                       .digest = entry.digest("digest"),
                       .name = name == annotations.end() ? "" : name->second});
    }
    return all;
}

std::string Layout::index_of(const std::string& tag) const {
    const Json json = read_index();
    Json chosen = Json::array();
    for (const auto& entry : json.at("manifests")) {
        if (names_tag(ref_name(entry), tag)) chosen.push_back(entry);
    }
    return Json{{"schemaVersion", 2},
                {"mediaType", "application/vnd.oci.image.index.v1+json"},
                {"manifests", std::move(chosen)}}
        .dump();
}

bool Layout::has_blob(const Digest& digest) const {
    const auto status = dir_.stat(blob_name(digest));
    return status && S_ISREG(status->st_mode);
}

base::Fd Layout::open_blob(const Digest& digest) const {
    auto fd = dir_.find_file(blob_name(digest), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status {};
    if (!fd || ::fstat(fd->get(), &status) < 0 || !S_ISREG(status.st_mode)) {
        throw Error(ErrorCode::NotFound,
                    "the image layout '" + path_ + "' has no blob '" + digest.str() + "'");
    }
    return std::move(*fd);
}

std::string Layout::read_blob(const Digest& digest, std::uint64_t limit) const {
    return base::read_all(open_blob(digest).get(), limit, digest.str());
}

void Layout::write_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                        const std::function<void(std::uint64_t)>& sent) const {
    const base::Dir blobs = dir_.make_dirs("blobs/sha256", 0755);
    const std::string aside = "." + digest.hex() + "." + base::random_hex(8);
    base::Rollback undo;
    const base::Fd fd = blobs.open_file(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
    undo.add([&] { blobs.unlink(aside); });
    base::Sha256 hash;
    std::vector<char> buffer(kBuffer);
    for (std::uint64_t at = 0; at < size;) {
        const std::size_t count =
            source(at, buffer.data(), std::min<std::uint64_t>(buffer.size(), size - at));
        if (count == 0) throw Error(ErrorCode::Io, "blob '" + digest.str() + "' is too short");
        hash.update({buffer.data(), count});
        base::write_all(fd.get(), {buffer.data(), count});
        at += count;
        sent(at);
    }
    if (hash.finish() != digest) {
        throw Error(ErrorCode::Corrupt, "blob '" + digest.str() + "' does not have its digest");
    }
    if (::fsync(fd.get()) < 0) throw_errno("cannot sync blob '" + digest.str() + "'");
    blobs.rename(aside, digest.hex());
    undo.dismiss();
    blobs.sync();
}

void Layout::tag(const std::string& tag, const std::string& media_type, const Digest& digest,
                 std::uint64_t size) const {
    const base::Fd lock = lock_layout(dir_, path_);
    Json json = read_index();
    Json entry{{"mediaType", media_type}, {"digest", digest.str()}, {"size", size}};
    if (!tag.empty()) entry["annotations"] = {{kRefName, tag}};
    Json kept = Json::array();
    for (auto& old : json["manifests"]) {
        const bool same_name = !tag.empty() && names_tag(ref_name(old), tag);
        if (!same_name && old != entry) kept.push_back(std::move(old));
    }
    kept.push_back(std::move(entry));
    json["manifests"] = std::move(kept);
    dir_.write_atomically("index.json", json.dump(), 0644);
}

} // namespace berth::directory
