// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

namespace berth::base {

/// `bytes` random bytes of the kernel as twice as many hexadecimal digits (at most 64 bytes).
[[nodiscard]] std::string random_hex(std::size_t bytes);

} // namespace berth::base
