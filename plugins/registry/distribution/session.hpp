// SPDX-License-Identifier: LGPL-2.1-or-later
// One repository of one registry: manifests and blobs.
// Source: OCI distribution-spec, spec.md; distribution docs/spec/api.md.
#pragma once

#include "client.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <berth/registry.hpp>

namespace berth::distribution {

class Session final : public RegistrySession {
  public:
    Session(const Settings& settings, Knowledge& knowledge, RegistryTarget target);

    RegistryManifest get_manifest(const std::string& tag_or_digest) override;
    std::uint64_t read_blob(const Digest& digest, std::uint64_t size, std::uint64_t offset,
                            const ByteSink& sink) override;
    bool has_blob(const Digest& digest) override;
    bool mount_blob(const Digest& digest, const std::string& from_repository) override;
    void upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                     const std::function<void(std::uint64_t)>& sent) override;
    Digest put_manifest(const std::string& tag, const std::string& media_type,
                        std::string_view bytes) override;
    std::vector<std::string> list_tags() override;

  private:
    /// The mirrors of the host in order, then the host itself.
    std::vector<std::unique_ptr<Client>> places_;
    [[nodiscard]] Client& main() { return *places_.back(); }
    /// Asks one place after the other until `action` succeeds; the last one's failure counts.
    template <class Action>
    auto first_that_can(Action action);
    [[nodiscard]] RegistryManifest manifest_from(Client& client, const std::string& reference);
    [[nodiscard]] std::uint64_t blob_from(Client& client, const Digest& digest, std::uint64_t size,
                                          std::uint64_t offset, const ByteSink& sink);

    RegistryTarget target_;
    std::string prefix_;             ///< "/v2/NAME"
    std::optional<Url> kept_upload_; ///< begun by a mount that was refused
};

} // namespace berth::distribution
