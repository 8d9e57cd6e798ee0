// SPDX-License-Identifier: LGPL-2.1-or-later
// The records of what builds' steps made, by digests of what went into them. Layers they name stay
// as those of images do.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <store/records.hpp>
#include <store/tree.hpp>

namespace berth::store {

class Database;

/// What a step made, kept for the next build with the same inputs.
struct BuildStep {
    std::string key; ///< digest of the inputs, 64 hexadecimal digits
    ImageLayer layer;
    std::optional<LayerId> parent;
};

/// Another connection to the database of Store, which must have been opened before.
class BuildSteps {
  public:
    explicit BuildSteps(const std::string& path = database_path());
    BuildSteps(const BuildSteps&) = delete;
    BuildSteps& operator=(const BuildSteps&) = delete;
    ~BuildSteps();

    /// Parents before children; the layers of their base must be recorded.
    void add(const std::vector<BuildStep>& steps);
    [[nodiscard]] std::optional<BuildStep> find(const std::string& key);
    /// Forgets those last used before; their layers become unreferenced. Returns how many.
    std::uint64_t remove(Usec before);

  private:
    std::unique_ptr<Database> database_;
};

} // namespace berth::store
