// SPDX-License-Identifier: LGPL-2.1-or-later
// Unpacks a compressed layer into a storage driver, in a child process of its own.
//
// `berth-worker unpack` (worker/unpack.hpp) becomes two processes with nothing in reach but what
// they need: one inflates and hashes with no files and no capabilities, one writes the tree, shut
// into the layer. What they answer is not trusted further than its form: the digest comes from the
// process that never sees the archive's entries. Neither is forked from this process' memory.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include <sys/types.h>

#include <base/fd.hpp>
#include <berth/id.hpp>

namespace berth::image {

enum class UnpackMode {
    Alone,     ///< Storage::apply()
    OnParents, ///< through the merged view: Storage::apply_on_parents()
    Check,     ///< nothing is written: the stream is only inflated and held to `diff_id`
};

struct UnpackRequest {
    std::string driver;            ///< name of the storage plugin
    LayerId layer;                 ///< created, not complete
    std::optional<Digest> diff_id; ///< what the uncompressed tar must hash to, if known
    base::Fd stream;               ///< gzip, zstd or plain tar; a file or a pipe
    std::uint64_t max_bytes = 0;   ///< of files' content
    UnpackMode mode = UnpackMode::Alone;
};

struct Unpacked {
    Digest diff_id;
    std::uint64_t bytes;   ///< of files' content
    std::uint64_t entries; ///< of the archive
};

/// One running unpacker. Several may run at once. Not thread-safe, but for cancel().
class Unpacker {
  public:
    /// Starts at once; the stream is read only by the child from then on.
    explicit Unpacker(UnpackRequest request);
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;
    /// Kills what still runs and waits for it.
    ~Unpacker();

    /// Waits for the end and tells the outcome; call it once. The layer is not completed. Busy: the
    /// archive needs its parents' files, unpack it again OnParents once they are complete.
    /// Corrupt: the archive is broken or hostile, or is not what `diff_id` says. Cancelled after
    /// cancel().
    [[nodiscard]] Unpacked wait();
    /// Ends the child; wait() returns soon. May be called from another thread while wait() runs.
    void cancel() noexcept;

  private:
    void spawn(const UnpackRequest& request, const base::Fd& inflater, const base::Fd& writer);
    int reap() noexcept;

    std::optional<Digest> diff_id_;
    base::Fd inflater_answer_;
    base::Fd writer_answer_;
    std::mutex mutex_;   ///< for the two below
    pid_t process_ = -1; ///< leads a process group of its own
    bool cancelled_ = false;
};

} // namespace berth::image
