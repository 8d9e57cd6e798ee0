// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <base/fd.hpp>

namespace berth::cli {

/// Where an archive goes: a file that appears under its name only when it is whole, or standard
/// output, which must not be a terminal then.
class OutputFile {
  public:
    /// Empty or "-": standard output. Throws InvalidArgument for a terminal.
    explicit OutputFile(const std::string& path);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    [[nodiscard]] const base::Fd& fd() const noexcept { return fd_; }
    /// It is whole.
    void keep();

  private:
    std::string path_;
    std::string aside_; ///< written here and renamed; empty when nothing is to be renamed
    base::Fd fd_;
};

/// An archive to read: a file, or standard input for "" and "-", which must not be a terminal then.
[[nodiscard]] base::Fd open_input(const std::string& path, const char* how);

} // namespace berth::cli
