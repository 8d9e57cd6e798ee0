// SPDX-License-Identifier: LGPL-2.1-or-later
// Sends one blob: POST opens an upload, PATCH sends a chunk, PUT closes it with the digest. After a
// broken connection the registry is asked how far it came (GET on the upload), and it goes on
// there. Source: OCI distribution-spec, "Pushing a blob in chunks".
#pragma once

#include "client.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <berth/registry.hpp>

namespace berth::distribution {

class Upload {
  public:
    Upload(Client& client, std::string prefix, const Digest& digest, std::uint64_t size);

    /// `begun` is an upload that is open already.
    void run(std::optional<Url> begun, const ByteSource& source,
             const std::function<void(std::uint64_t)>& sent);

  private:
    [[nodiscard]] Url open();
    [[nodiscard]] std::uint64_t send_chunk(std::uint64_t offset, const ByteSource& source,
                                           const std::function<void(std::uint64_t)>& sent);
    [[nodiscard]] std::uint64_t recover(const Error& cause);
    void close();
    [[nodiscard]] Subject subject() const;
    [[nodiscard]] std::uint64_t position_of(const HttpResponse& response,
                                            std::uint64_t otherwise) const;

    Client& client_;
    std::string prefix_;
    const Digest& digest_;
    std::uint64_t size_;
    std::uint64_t chunk_;
    Url location_;
};

} // namespace berth::distribution
