// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csignal>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace berth::cli {

/// Blocks signals while it lives, so that an event loop can receive them.
class SignalBlock {
  public:
    explicit SignalBlock(const std::vector<int>& numbers);
    SignalBlock(const SignalBlock&) = delete;
    SignalBlock& operator=(const SignalBlock&) = delete;
    ~SignalBlock();

  private:
    sigset_t before_{};
};

/// Those `run` hands on to the container.
[[nodiscard]] const std::vector<int>& forwarded_signals();
/// "TERM", without SIG.
[[nodiscard]] std::string signal_name(int number);

} // namespace berth::cli
