// SPDX-License-Identifier: LGPL-2.1-or-later
// A tar from a stream, its files kept aside by name until it is known which of them are blobs. What
// is not kept as one is removed with it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <berth/id.hpp>
#include <image/blobs.hpp>
#include <image/progress.hpp>

namespace berth::image {

class SpooledArchive {
  public:
    struct File {
        std::unique_ptr<NewBlob> data; ///< empty once it was kept
        Digest digest;
        std::uint64_t size = 0;
    };

    /// Reads the stream, packed by any usual compression, to its end.
    SpooledArchive(int fd, Progress& progress);

    [[nodiscard]] bool has(const std::string& name) const;
    /// By its name in the archive, through links; Corrupt when it lacks it.
    [[nodiscard]] File& file(const std::string& name);
    /// A small file's content.
    [[nodiscard]] std::string text(const std::string& name, std::uint64_t limit);
    /// Makes it a blob of the store; returns its digest.
    Digest keep(const std::string& name);

  private:
    void read(int tar_fd, Progress& progress);
    [[nodiscard]] std::string resolve(std::string name) const;

    std::map<std::string, File> files_;
    std::map<std::string, std::string> links_;
};

} // namespace berth::image
