// SPDX-License-Identifier: LGPL-2.1-or-later
// An OCI image layout on disk: `oci-layout`, `index.json` and blobs by digest. Everything is
// reached below the layout's own directory; a symbolic link in it leads nowhere outside. Source:
// OCI image-spec, image-layout.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <base/dir.hpp>
#include <berth/registry.hpp>

namespace berth::directory {

/// A manifest that index.json names.
struct IndexEntry {
    std::string media_type;
    Digest digest;
    std::string name; ///< annotation org.opencontainers.image.ref.name, may be empty
};

class Layout {
  public:
    /// NotFound, or Corrupt for a directory that is no layout. With `create` an absent or empty
    /// directory becomes one.
    Layout(const std::string& path, bool create);

    [[nodiscard]] std::vector<IndexEntry> entries() const;
    [[nodiscard]] bool has_blob(const Digest& digest) const;
    /// A regular file open for reading; NotFound names the digest.
    [[nodiscard]] base::Fd open_blob(const Digest& digest) const;
    [[nodiscard]] std::string read_blob(const Digest& digest, std::uint64_t limit) const;
    /// Writes `size` bytes from `source`, verifies the digest, and only then gives them their name.
    void write_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                    const std::function<void(std::uint64_t)>& sent) const;
    /// Lets `tag` name the manifest; what it named before loses it. An empty tag adds it nameless.
    void tag(const std::string& tag, const std::string& media_type, const Digest& digest,
             std::uint64_t size) const;
    /// The text of an index of just the entries that `tag` names, as they stand in index.json.
    [[nodiscard]] std::string index_of(const std::string& tag) const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

  private:
    void check_version() const;
    [[nodiscard]] nlohmann::json read_index() const;

    std::string path_;
    base::Dir dir_;
};

/// Does an entry's name stand for the tag: "12", or a whole reference that ends in ":12".
[[nodiscard]] bool names_tag(const std::string& name, const std::string& tag);

} // namespace berth::directory
