// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signal.hpp"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstring>

#include <base/strings.hpp>

namespace berth::spec {

namespace {

std::optional<int> parse_real_time(std::string_view name) {
    const bool from_start = name.rfind("RTMIN", 0) == 0;
    if (!from_start && name.rfind("RTMAX", 0) != 0) return std::nullopt;
    const std::string_view offset = name.substr(5);
    if (offset.empty()) return from_start ? SIGRTMIN : SIGRTMAX;
    const auto count = base::parse_number(offset.substr(1), 64);
    if (offset[0] != (from_start ? '+' : '-') || !count) return std::nullopt;
    const int distance = static_cast<int>(*count);
    const int signal = from_start ? SIGRTMIN + distance : SIGRTMAX - distance;
    if (signal < SIGRTMIN || signal > SIGRTMAX) return std::nullopt;
    return signal;
}

} // namespace

std::optional<int> parse_signal(std::string_view text) {
    if (const auto number = base::parse_number(text, static_cast<std::uint64_t>(SIGRTMAX))) {
        if (*number == 0) return std::nullopt;
        return static_cast<int>(*number);
    }
    std::string name(text.substr(0, 16));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (text.size() != name.size()) return std::nullopt;
    if (name.rfind("SIG", 0) == 0) name.erase(0, 3);
    for (int signal = 1; signal < SIGRTMIN; ++signal) {
        const char* known = ::sigabbrev_np(signal);
        if (known != nullptr && name == known) return signal;
    }
    return parse_real_time(name);
}

std::string signal_name(int signal) {
    if (signal >= SIGRTMIN && signal <= SIGRTMAX) {
        if (signal == SIGRTMIN) return "SIGRTMIN";
        return "SIGRTMIN+" + std::to_string(signal - SIGRTMIN);
    }
    const char* name = signal > 0 ? ::sigabbrev_np(signal) : nullptr;
    return name != nullptr ? std::string("SIG") + name : std::to_string(signal);
}

} // namespace berth::spec
