// SPDX-License-Identifier: LGPL-2.1-or-later
// The registry interface: where images come from and go to. A Registry plugin speaks one kind of
// place (`distribution`: the Docker Registry v2 / OCI distribution protocol; `directory`: an OCI
// image layout on disk) and opens a RegistrySession on one repository in it. Sessions are used by
// one thread each; several may be open at once. They run inside berth-worker, never in the daemon.
//
// Nothing a session returns is trusted: sizes and digests are verified by the caller, bounds by
// both. Every function throws berth::Error: Denied (needs or refuses credentials), NotFound,
// Exhausted (rate limit; the message says when to try again), Io, Corrupt, Cancelled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <berth/id.hpp>
#include <berth/plugin.hpp>

namespace berth {

/// Who asks. Nobody's when a session has none: registries may serve anybody.
struct RegistryCredentials {
    std::string user;   ///< "<token>" where the secret is an identity token
    std::string secret; ///< password or identity token; never logged
};

/// Where a session goes.
struct RegistryTarget {
    std::string host;       ///< "registry.example.org:5000"; for `directory` the layout's path
    std::string repository; ///< "library/debian"; for `directory` empty
    std::optional<RegistryCredentials> credentials;
    bool writable = false; ///< push scope is asked for
};

struct RegistryManifest {
    Digest digest;          ///< of `bytes`, computed here, not the server's word
    std::string media_type; ///< as the place says, without parameters
    std::string bytes;      ///< exactly as stored, at most 4 MiB
};

struct SearchResult {
    std::string name;        ///< what to pull, without host
    std::string description; ///< one line, may be empty
    std::uint64_t stars = 0;
    bool official = false;
};

/// Gets bytes as they come; throws to end the transfer, and what it throws must pass through. The
/// view is valid during the call.
using ByteSink = std::function<void(std::string_view)>;
/// Fills the buffer with up to `size` bytes of the blob from `offset`; returns how many, 0 at its
/// end. May be asked for the same bytes again. What it throws must pass through.
using ByteSource = std::function<std::size_t(std::uint64_t offset, char* buffer, std::size_t size)>;

/// One repository, for one thread.
class RegistrySession {
  public:
    RegistrySession() = default;
    RegistrySession(const RegistrySession&) = delete;
    RegistrySession& operator=(const RegistrySession&) = delete;
    virtual ~RegistrySession() = default;

    /// The manifest or index behind a tag or digest ("latest", "sha256:..."). Asked for by digest,
    /// one that has another is Corrupt.
    [[nodiscard]] virtual RegistryManifest get_manifest(const std::string& tag_or_digest) = 0;
    /// Streams a blob from `offset` on, at most `size - offset` bytes; `size` is the descriptor's.
    /// Returns where it ended, which may be early: the caller calls again from there.
    [[nodiscard]] virtual std::uint64_t read_blob(const Digest& digest, std::uint64_t size,
                                                  std::uint64_t offset, const ByteSink& sink) = 0;
    /// Is the blob there already.
    [[nodiscard]] virtual bool has_blob(const Digest& digest) = 0;
    /// Takes it over from another repository of the same place; false if it would not.
    [[nodiscard]] virtual bool mount_blob(const Digest& digest,
                                          const std::string& from_repository) = 0;
    /// Uploads it in chunks, going on where the place says it stopped after a broken connection.
    /// `sent` gets the running total in bytes, for progress. The place ends up with exactly `size`
    /// bytes of this digest, or Corrupt or Io is thrown.
    virtual void upload_blob(const Digest& digest, std::uint64_t size, const ByteSource& source,
                             const std::function<void(std::uint64_t)>& sent) = 0;
    /// Puts a manifest under a tag (or by its digest when empty); returns its digest.
    [[nodiscard]] virtual Digest put_manifest(const std::string& tag, const std::string& media_type,
                                              std::string_view bytes) = 0;
    /// All tags of the repository, at most 10,000.
    [[nodiscard]] virtual std::vector<std::string> list_tags() = 0;
};

/// The plugin's object. May be used by several threads at once.
class Registry {
  public:
    Registry() = default;
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;
    virtual ~Registry() = default;

    /// Can this machine do it at all; goes to no network, never throws for a no.
    [[nodiscard]] virtual Probe probe() = 0;
    /// Opens a session, which this object must outlive. May find out only when something is asked
    /// of the session that there is no such place.
    [[nodiscard]] virtual std::unique_ptr<RegistrySession> open(const RegistryTarget& target) = 0;
    /// Repositories matching a term, best first, at most `limit`. Unsupported where the place can't
    /// be searched.
    [[nodiscard]] virtual std::vector<SearchResult>
    search(const RegistryTarget& target, const std::string& term, unsigned limit) = 0;
    /// Verifies the target's credentials with the host; returns what to keep (a token may replace
    /// a password). Denied when they are wrong, Unsupported where there is nothing to log in to.
    [[nodiscard]] virtual RegistryCredentials login(const RegistryTarget& target) = 0;
};

} // namespace berth
