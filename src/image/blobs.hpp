// SPDX-License-Identifier: LGPL-2.1-or-later
// Blobs on disk: manifests, configurations and layers under their digests (store/tree.hpp). A blob
// that is there is whole, verified and durable: it is written aside, hashed, synced and renamed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <base/fd.hpp>
#include <base/hash.hpp>
#include <berth/id.hpp>
#include <image/file_lock.hpp>

namespace berth::image {

[[nodiscard]] bool has_blob(const Digest& digest);
/// Size in bytes; NotFound.
[[nodiscard]] std::uint64_t blob_size(const Digest& digest);
[[nodiscard]] base::Fd open_blob(const Digest& digest);
/// Exhausted beyond `limit`.
[[nodiscard]] std::string read_blob(const Digest& digest, std::uint64_t limit);
/// Writes a small blob; returns its digest.
Digest write_blob(std::string_view bytes);

/// Does the blob unpack to what has this digest; false when nobody has found out yet.
[[nodiscard]] bool is_known_content(const Digest& blob, const Digest& diff);
/// Remembers that it does, beside the blob.
void note_content(const Digest& blob, const Digest& diff);

/// A download that may have begun earlier, held by one job at a time. Ends as a blob, by keep(), or
/// stays for the next try.
class PartialBlob {
  public:
    /// Waits while another job fetches the same blob.
    explicit PartialBlob(const Digest& digest);
    PartialBlob(const PartialBlob&) = delete;
    PartialBlob& operator=(const PartialBlob&) = delete;
    ~PartialBlob();

    /// Bytes it holds.
    [[nodiscard]] std::uint64_t size() const;
    [[nodiscard]] int fd() const noexcept { return lock_.fd(); }
    void append(std::string_view bytes);
    void restart();
    /// Syncs it and gives it the blob's name. The content must have been verified.
    void keep();
    /// Forgets it: what it holds is wrong, or it was not needed.
    void discard() noexcept;

  private:
    Digest digest_;
    FileLock lock_;
    bool kept_ = false;
};

/// A new blob whose digest is known only at its end.
class NewBlob {
  public:
    NewBlob();
    NewBlob(const NewBlob&) = delete;
    NewBlob& operator=(const NewBlob&) = delete;
    /// Removes the file unless it was kept.
    ~NewBlob();

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Lets the descriptor go, for who holds many: fd() may not be used any more.
    void close() noexcept { fd_.reset(); }
    /// For reading it from its start.
    [[nodiscard]] base::Fd open() const;
    /// Syncs what was written to fd() and gives it the name of its digest, which the caller knows
    /// to be right.
    void keep(const Digest& digest);

  private:
    std::string path_;
    base::Fd fd_;
};

} // namespace berth::image
