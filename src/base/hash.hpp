// SPDX-License-Identifier: LGPL-2.1-or-later
// SHA-256 by libcrypto, which uses the processor's instructions for it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <berth/id.hpp>

namespace berth::base {

/// Hashes a stream piece by piece.
class Sha256 {
  public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    void update(std::string_view bytes);
    /// The digest of all given so far; may be called once.
    [[nodiscard]] Digest finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

} // namespace berth::base
