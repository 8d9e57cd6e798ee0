// SPDX-License-Identifier: LGPL-2.1-or-later
// Where pipelines tell how far they are. Called from several threads, often: whoever implements it
// throttles.
#pragma once

#include <cstdint>
#include <string>

namespace berth::image {

class Progress {
  public:
    Progress() = default;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    virtual ~Progress() = default;

    /// `id` is a layer's brief digest, or "" for the job as a whole; `status` is docker's wording
    /// ("Downloading", "Pull complete"); bytes, 0 of 0 where there is nothing to count.
    virtual void report(const std::string& id, const std::string& status, std::uint64_t done,
                        std::uint64_t total) = 0;
};

/// For callers that don't look.
class SilentProgress final : public Progress {
  public:
    void report(const std::string&, const std::string&, std::uint64_t, std::uint64_t) override {}
};

} // namespace berth::image
