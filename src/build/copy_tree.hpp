// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts files into an image's tree by docker's rules for COPY: a directory's contents are merged, a
// file goes into a directory that is there, or gets the destination's name. Links of the image end
// inside its root.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <base/dir.hpp>
#include <build/owner.hpp>
#include <build/sources.hpp>

namespace berth::build {

struct CopyStyle {
    std::optional<Owner> owner; ///< of all that is made; empty: as the source has it
    std::optional<mode_t> mode; ///< of files and directories that are copied
};

class Destination {
  public:
    /// `path` is relative to the root; a trailing "/" is a directory's.
    Destination(const base::Dir& root, std::string path, CopyStyle style);

    /// Copies one source: `name` is its last component.
    void copy(const SourceTree& tree, const std::string& path, const std::string& name,
              const std::vector<SourceEntry>& entries);
    /// A file made of text.
    void write(const std::string& name, std::string_view content);
    /// Makes the directory with its parents.
    void make() const;

  private:
    struct Made {
        std::string path;
        struct stat status {};
    };

    [[nodiscard]] bool is_directory(const std::string& path) const;
    void make_directories(const std::string& path) const;
    void make_directory(const std::string& path, const SourceEntry& entry);
    void make_other(const std::string& path, const SourceEntry& entry);
    void make_file(const std::string& path, const base::Fd& content, const struct stat& status);
    void finish_directories();
    void set_metadata(int fd, const struct stat& status) const;
    [[nodiscard]] std::string file_place(const std::string& name) const;

    const base::Dir& root_;
    std::string path_;
    bool wants_directory_;
    CopyStyle style_;
    std::vector<Made> directories_; ///< times are set when all in them is written
};

} // namespace berth::build
