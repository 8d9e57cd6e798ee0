// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace berth::cli {

/// Watches what is typed for the keys that leave a terminal without ending its container.
class DetachKeys {
  public:
    /// "ctrl-p,ctrl-q": letters, or ctrl- and a letter or one of @[\]^_, separated by commas; ""
    /// for none. Throws UsageError.
    explicit DetachKeys(const std::string& keys);

    struct Passed {
        std::string bytes; ///< what goes on to the container
        bool detach = false;
    };
    /// Keys that may be the start of the sequence are held back until it is clear.
    [[nodiscard]] Passed feed(std::string_view typed);

  private:
    std::string sequence_;
    std::size_t matched_ = 0;
};

inline constexpr const char* kDefaultDetachKeys = "ctrl-p,ctrl-q";

} // namespace berth::cli
