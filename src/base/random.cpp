// SPDX-License-Identifier: LGPL-2.1-or-later
#include "random.hpp"

#include <array>

#include <sys/random.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::base {

std::string random_hex(std::size_t bytes) {
    std::array<unsigned char, 64> buffer{};
    if (bytes > buffer.size() ||
        ::getrandom(buffer.data(), bytes, 0) != static_cast<ssize_t>(bytes)) {
        throw_errno("cannot get random bytes");
    }
    return to_hex({buffer.data(), bytes});
}

} // namespace berth::base
