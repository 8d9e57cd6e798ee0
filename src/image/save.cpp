// SPDX-License-Identifier: LGPL-2.1-or-later
#include "save.hpp"

#include <map>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>
#include <plugins/storage/tar/writer.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <base/hash.hpp>
#include <image/blobs.hpp>
#include <image/cancel.hpp>
#include <spec/manifest.hpp>
#include <spec/reference.hpp>

namespace berth::image {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBuffer = 1U << 20U;
constexpr const char* kLayoutVersion = R"({"imageLayoutVersion":"1.0.0"})";

/// An OCI layout's manifests are OCI manifests: the same blobs by OCI's names.
spec::ImageManifest as_oci(spec::ImageManifest manifest) {
    manifest.media_type = spec::media_type::kOciManifest;
    manifest.config.media_type = spec::media_type::kOciConfig;
    for (auto& layer : manifest.layers) {
        layer.media_type = spec::layer_media_type(spec::layer_compression(layer.media_type), false);
    }
    return manifest;
}

std::string blob_name(const Digest& digest) {
    return "blobs/sha256/" + digest.hex();
}

/// What goes into the archive.
struct Content {
    std::map<Digest, std::string> texts;   ///< manifests made here
    std::map<Digest, std::uint64_t> files; ///< blobs of the store, with their sizes
    Json index = Json::array();
    Json docker = Json::array();
};

void add_index_entry(Content& content, const spec::ImageManifest& manifest, const Digest& digest,
                     std::size_t size, const spec::Reference* name) {
    Json entry{{"mediaType", manifest.media_type}, {"digest", digest.str()}, {"size", size}};
    if (name != nullptr) {
        entry["annotations"] = {{"io.containerd.image.name", name->canonical()},
                                {"org.opencontainers.image.ref.name", name->tag}};
    }
    content.index.push_back(std::move(entry));
}

std::vector<spec::Reference> tagged_names(const spec::JobImage& image) {
    std::vector<spec::Reference> names;
    for (const auto& text : image.references) {
        auto name = spec::parse_reference(text);
        const bool fit = name.plugin == "distribution" && !name.tag.empty() && !name.digest;
        if (fit) names.push_back(std::move(name));
    }
    return names;
}

void add_image(Content& content, const spec::JobImage& image) {
    const auto parsed = spec::parse_manifest(read_blob(image.manifest, spec::kManifestLimit), "");
    const auto* original = std::get_if<spec::ImageManifest>(&parsed);
    if (original == nullptr) throw Error(ErrorCode::Corrupt, "the image's manifest is an index");
    // One that is OCI's already keeps its bytes, and with them its digest.
    const spec::ImageManifest manifest = as_oci(*original);
    std::string text = original->is_docker() ? spec::dump_manifest(manifest)
                                             : read_blob(image.manifest, spec::kManifestLimit);
    const Digest digest = base::sha256(text);

    Json docker{{"Config", blob_name(manifest.config.digest)},
                {"RepoTags", Json::array()},
                {"Layers", Json::array()}};
    content.files[manifest.config.digest] = manifest.config.size;
    for (const auto& layer : manifest.layers) {
        content.files[layer.digest] = layer.size;
        docker["Layers"].push_back(blob_name(layer.digest));
    }
    const auto names = tagged_names(image);
    for (const auto& name : names) {
        docker["RepoTags"].push_back(name.familiar());
        add_index_entry(content, manifest, digest, text.size(), &name);
    }
    if (names.empty()) add_index_entry(content, manifest, digest, text.size(), nullptr);
    content.docker.push_back(std::move(docker));
    content.texts[digest] = std::move(text);
}

/// Entries without a time and an owner of their own.
class ArchiveWriter {
  public:
    ArchiveWriter(int fd, Progress& progress) : writer_(fd), progress_(progress) {}

    void directory(const std::string& name) {
        tar::EntryData entry{.path = name};
        entry.status.st_mode = S_IFDIR | 0755;
        writer_.header(entry);
    }
    void text(const std::string& name, const std::string& bytes) {
        header(name, bytes.size());
        writer_.content(bytes);
    }
    void blob(const Digest& digest, std::uint64_t size) {
        const base::Fd fd = open_blob(digest);
        header(blob_name(digest), size);
        std::vector<char> buffer(kBuffer);
        for (std::uint64_t at = 0; at < size;) {
            throw_if_cancelled();
            const ssize_t count =
                ::read(fd.get(), buffer.data(), std::min<std::uint64_t>(kBuffer, size - at));
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) throw Error(ErrorCode::Corrupt, "blob '" + digest.str() + "' is short");
            writer_.content({buffer.data(), static_cast<std::size_t>(count)});
            at += static_cast<std::uint64_t>(count);
            progress_.report(digest.brief(), "Saving", at, size);
        }
    }
    void finish() { writer_.finish(); }

  private:
    void header(const std::string& name, std::uint64_t size) {
        tar::EntryData entry{.path = name};
        entry.status.st_mode = S_IFREG | 0644;
        entry.status.st_size = static_cast<off_t>(size);
        writer_.header(entry);
    }

    tar::Writer writer_;
    Progress& progress_;
};

void write_blobs(ArchiveWriter& writer, const Content& content) {
    auto text = content.texts.begin();
    for (const auto& [digest, size] : content.files) {
        for (; text != content.texts.end() && text->first < digest; ++text)
            writer.text(blob_name(text->first), text->second);
        writer.blob(digest, size);
    }
    for (; text != content.texts.end(); ++text)
        writer.text(blob_name(text->first), text->second);
}

} // namespace

spec::JobResult save(Progress& progress, const spec::SaveRequest& request, int tar_fd) {
    if (request.images.empty()) throw Error(ErrorCode::InvalidArgument, "there is nothing to save");
    Content content;
    for (const auto& image : request.images)
        add_image(content, image);
    ArchiveWriter writer(tar_fd, progress);
    writer.directory("blobs/");
    writer.directory("blobs/sha256/");
    write_blobs(writer, content);
    writer.text("index.json", Json{{"schemaVersion", 2},
                                   {"mediaType", spec::media_type::kOciIndex},
                                   {"manifests", content.index}}
                                  .dump());
    writer.text("manifest.json", content.docker.dump());
    writer.text("oci-layout", kLayoutVersion);
    writer.finish();
    return {.ok = true};
}

} // namespace berth::image
