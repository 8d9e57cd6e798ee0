// SPDX-License-Identifier: LGPL-2.1-or-later
// Dir is a directory held open; everything below it is reached by openat2(2), so no name, symbolic
// link or mount that a container or an image controls leads out of it.
//
// Two ways to resolve: `InRoot` treats the directory as "/" (absolute links and ".." end inside it,
// as a container sees its own files); `Beneath` refuses whatever would leave it. Magic links
// (/proc/PID/fd/...) are never followed. Paths are relative; a leading "/" is allowed with InRoot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include <base/fd.hpp>

namespace berth::base {

enum class Resolve { InRoot, Beneath };

class Dir {
  public:
    /// Opens a path that berth itself chose (never a container's).
    static Dir open(const std::string& path);
    /// Takes an open directory descriptor.
    explicit Dir(Fd fd) : fd_(std::move(fd)) {}

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] Fd release() && noexcept { return std::move(fd_); }

    /// Opens a file below; flags and mode as open(2), O_CLOEXEC added. Throws berth::Error.
    [[nodiscard]] Fd open_file(const std::string& path, int flags, mode_t mode = 0,
                               Resolve resolve = Resolve::Beneath) const;
    /// The same, empty when it does not exist (ENOENT, ENOTDIR).
    [[nodiscard]] std::optional<Fd> find_file(const std::string& path, int flags,
                                              Resolve resolve = Resolve::Beneath) const;
    [[nodiscard]] Dir open_dir(const std::string& path, Resolve resolve = Resolve::Beneath) const;
    /// Makes the directory and its missing parents with `mode`, and opens it.
    [[nodiscard]] Dir make_dirs(const std::string& path, mode_t mode,
                                Resolve resolve = Resolve::Beneath) const;
    [[nodiscard]] std::optional<struct stat> stat(const std::string& path,
                                                  Resolve resolve = Resolve::Beneath) const;
    [[nodiscard]] bool exists(const std::string& path) const { return stat(path).has_value(); }
    /// Names in it, sorted, without "." and "..".
    [[nodiscard]] std::vector<std::string> list() const;

    /// Reads a regular file of at most `limit` bytes (Exhausted beyond); never blocks on a FIFO.
    [[nodiscard]] std::string read(const std::string& path, std::uint64_t limit,
                                   Resolve resolve = Resolve::Beneath) const;
    /// Writes aside, syncs, renames over `name` (a single component) and syncs the directory: after
    /// a power cut there is the old content or the new.
    void write_atomically(const std::string& name, std::string_view content, mode_t mode) const;
    /// Removes `name` (a single component) and all below it; harmless when it is gone.
    void remove_tree(const std::string& name) const;
    /// Removes a file; harmless when it is gone.
    void unlink(const std::string& name) const;
    void rename(const std::string& from, const std::string& to) const;
    void sync() const;

  private:
    Fd fd_;
};

/// "/proc/self/fd/N": the path of a held descriptor, for calls that take only paths.
[[nodiscard]] std::string fd_path(int fd);

} // namespace berth::base
