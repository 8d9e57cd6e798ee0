// SPDX-License-Identifier: LGPL-2.1-or-later
// System call profiles of users: any bytes are refused by InvalidArgument or give a policy.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <berth/error.hpp>
#include <spec/seccomp_profile.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        static_cast<void>(berth::spec::parse_seccomp_profile(
            std::string_view(reinterpret_cast<const char*>(data), size),
            {"CAP_CHOWN", "CAP_SYS_ADMIN"}));
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::InvalidArgument) std::abort();
    }
    return 0;
}
