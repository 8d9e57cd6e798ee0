// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cpu_quota.hpp"

#include "options.hpp"

#include <array>
#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kPeriod = 100'000; // microseconds, the kernel's own
constexpr std::uint64_t kMost = 1'000'000'000;

std::uint64_t microseconds(const char* flag, const std::string& text) {
    const auto number = base::parse_number(text, kMost);
    if (number && *number >= 1000) return *number;
    throw UsageError("invalid value '" + base::printable(text) + "' for " + flag +
                     ": it takes microseconds, at least 1000");
}

} // namespace

void set_cpu_quota(bus::Dict& config, const std::optional<std::string>& period,
                   const std::optional<std::string>& quota) {
    if (!period && !quota) return;
    if (config.has("cpus")) throw UsageError("--cpus excludes --cpu-quota and --cpu-period");
    const std::uint64_t whole = period ? microseconds("--cpu-period", *period) : kPeriod;
    if (!quota || *quota == "-1" || *quota == "0") return; // no limit
    const std::uint64_t part = microseconds("--cpu-quota", *quota);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9f",
                  static_cast<double>(part) / static_cast<double>(whole));
    config.set("cpus", std::string(text.data()));
}

} // namespace berth::cli
