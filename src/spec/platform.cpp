// SPDX-License-Identifier: LGPL-2.1-or-later
#include "platform.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::spec {

namespace {

#if defined(__x86_64__)
constexpr const char* kHostArchitecture = "amd64";
constexpr const char* kHostVariant = "";
#elif defined(__aarch64__)
constexpr const char* kHostArchitecture = "arm64";
constexpr const char* kHostVariant = "v8";
#elif defined(__arm__)
constexpr const char* kHostArchitecture = "arm";
constexpr const char* kHostVariant = "v7";
#elif defined(__i386__)
constexpr const char* kHostArchitecture = "386";
constexpr const char* kHostVariant = "";
#elif defined(__riscv)
constexpr const char* kHostArchitecture = "riscv64";
constexpr const char* kHostVariant = "";
#elif defined(__powerpc64__)
constexpr const char* kHostArchitecture = "ppc64le";
constexpr const char* kHostVariant = "";
#elif defined(__s390x__)
constexpr const char* kHostArchitecture = "s390x";
constexpr const char* kHostVariant = "";
#elif defined(__loongarch__)
constexpr const char* kHostArchitecture = "loong64";
constexpr const char* kHostVariant = "";
#elif defined(__mips64)
constexpr const char* kHostArchitecture = "mips64le";
constexpr const char* kHostVariant = "";
#else
#error "the Go name of this architecture is not known"
#endif

/// One spelling for what has several; the variant that is the rule is left out.
Platform normalized(Platform platform) {
    auto& arch = platform.architecture;
    auto& variant = platform.variant;
    if (arch == "x86_64" || arch == "x86-64") arch = "amd64";
    if (arch == "i386" || arch == "i486" || arch == "i586" || arch == "i686") arch = "386";
    if (arch == "aarch64") arch = "arm64";
    if (arch == "armhf" || arch == "armel") {
        if (variant.empty()) variant = arch == "armhf" ? "v7" : "v6";
        arch = "arm";
    }
    if (arch == "arm" && variant.empty()) variant = "v7";
    if (!variant.empty() && variant[0] >= '0' && variant[0] <= '9') variant.insert(0, "v");
    if (arch == "arm64" && variant == "v8") variant.clear();
    if (arch == "amd64" && variant == "v1") variant.clear();
    return platform;
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 32 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
               std::string_view::npos;
}

/// "v7" is 7; no variant is 0.
std::optional<int> level(const std::string& variant) {
    if (variant.empty()) return 0;
    const auto number = variant[0] == 'v'
                            ? base::parse_number(std::string_view(variant).substr(1), 99)
                            : std::nullopt;
    if (!number) return std::nullopt;
    return static_cast<int>(*number);
}

} // namespace

std::string Platform::str() const {
    return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

Platform host_platform() {
    return {"linux", kHostArchitecture, kHostVariant};
}

Platform parse_platform(std::string_view text) {
    if (text.empty()) return host_platform();
    auto parts = base::split(base::to_lower(text), '/');
    if (parts.size() == 1 && parts[0] != "linux") parts.insert(parts.begin(), "linux");
    if (parts.size() == 1) parts.emplace_back(kHostArchitecture);
    if (parts.size() > 3 || !std::all_of(parts.begin(), parts.end(), is_word)) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(text.substr(0, 80)) +
                        "' is not a platform; write it as linux/amd64 or linux/arm/v7");
    }
    return {parts[0], parts[1], parts.size() == 3 ? parts[2] : ""};
}

std::optional<int> platform_distance(const Platform& wanted, const Platform& offered) {
    const Platform want = normalized(wanted);
    const Platform have = normalized(offered);
    if (want.os != have.os || want.architecture != have.architecture) return std::nullopt;
    if (want.variant == have.variant) return 0;
    const auto want_level = level(want.variant);
    const auto have_level = level(have.variant);
    // A processor runs what is made for its predecessors.
    if (!want_level || !have_level || *have_level > *want_level) return std::nullopt;
    return *want_level - *have_level;
}

} // namespace berth::spec
