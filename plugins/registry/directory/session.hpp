// SPDX-License-Identifier: LGPL-2.1-or-later
// A layout seen as the one repository of a registry.
#pragma once

#include "layout.hpp"

#include <string>
#include <vector>

#include <berth/registry.hpp>

namespace berth::directory {

class Session final : public RegistrySession {
  public:
    explicit Session(const RegistryTarget& target) : layout_(target.host, target.writable) {}

    RegistryManifest get_manifest(const std::string& tag_or_digest) override;
    std::uint64_t read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                            const ByteSink& sink) override;
    bool has_blob(const Digest& digest) override { return layout_.has_blob(digest); }
    bool mount_blob(const Digest&, const std::string&) override { return false; }
    void upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                     const std::function<void(std::uint64_t)>& sent) override;
    Digest put_manifest(const std::string& tag, const std::string& media_type,
                        std::string_view bytes) override;
    std::vector<std::string> list_tags() override;

  private:
    [[nodiscard]] RegistryManifest manifest_of(const IndexEntry& entry) const;
    [[nodiscard]] RegistryManifest by_tag(const std::string& tag) const;
    [[nodiscard]] RegistryManifest by_digest(const Digest& digest) const;

    Layout layout_;
};

} // namespace berth::directory
