// SPDX-License-Identifier: LGPL-2.1-or-later
// Compares a plugin's records with themselves and with what they stand for; see Storage::check().
#pragma once

#include "branches.hpp"

#include <vector>

namespace berth::layers {

class Checker {
  public:
    /// All three stay the caller's.
    Checker(const Records& records, bool repair, const std::vector<LayerId>& in_use)
        : records_(records), repair_(repair), in_use_(in_use) {}
    Checker(const Checker&) = delete;
    Checker& operator=(const Checker&) = delete;
    virtual ~Checker() = default;

    [[nodiscard]] std::vector<Finding> run();
    /// What has been found so far, for a plugin that can't go on.
    [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }

  protected:
    void report(const std::string& text, bool repaired) { findings_.push_back({text, repaired}); }
    [[nodiscard]] bool repair() const noexcept { return repair_; }

    /// The plugin's own parts of a layer that is complete.
    virtual void check_parts(const LayerId& id) = 0;
    /// What the plugin has beside its layers.
    virtual void check_rest() {}
    /// Removes a layer that was never completed.
    virtual void remove(const LayerId& id) { records_.sweep(records_.set_aside(id)); }

  private:
    void check_leftover(const std::string& name);
    void check_layer(const LayerId& id);
    void check_ancestors(const LayerId& id);

    const Records& records_;
    bool repair_;
    const std::vector<LayerId>& in_use_;
    std::vector<Finding> findings_;
};

/// For layers that are directories.
class BranchChecker : public Checker {
  public:
    BranchChecker(const Branches& branches, bool repair, const std::vector<LayerId>& in_use,
                  bool with_work)
        : Checker(branches, repair, in_use), branches_(branches), with_work_(with_work) {}

  protected:
    void check_parts(const LayerId& id) override;
    void check_rest() override;

  private:
    const Branches& branches_;
    bool with_work_;
};

} // namespace berth::layers
