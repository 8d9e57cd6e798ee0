// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.hpp"

#include <array>
#include <random>
#include <string_view>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <spec/mount_syntax.hpp>

namespace berth::container {

namespace {

constexpr std::array<const char*, 48> kAdjectives{
    "amber",   "bold",   "brave",   "breezy", "bright", "brisk", "calm",   "clear",
    "cosy",    "crisp",  "curious", "dapper", "deep",   "eager", "early",  "fair",
    "fleet",   "gentle", "glad",    "golden", "grand",  "hardy", "humble", "keen",
    "kind",    "lively", "lucky",   "mellow", "merry",  "mild",  "nimble", "noble",
    "patient", "plucky", "polite",  "proud",  "quick",  "quiet", "ready",  "sandy",
    "sharp",   "silver", "steady",  "sunny",  "swift",  "tidy",  "warm",   "witty"};
constexpr std::array<const char*, 48> kNouns{
    "anchor", "bay",      "beacon", "bosun",   "breeze", "bridge", "buoy",    "cape",
    "cargo",  "clipper",  "coast",  "compass", "coral",  "crane",  "current", "cutter",
    "deck",   "dinghy",   "dock",   "ferry",   "fjord",  "galley", "gull",    "harbour",
    "haven",  "heron",    "island", "jetty",   "keel",   "lagoon", "lantern", "lighthouse",
    "marina", "mast",     "oar",    "pearl",   "pier",   "pilot",  "quay",    "rudder",
    "sail",   "schooner", "seal",   "sextant", "shore",  "tide",   "wave",    "wharf"};

bool is_hex_tail(std::string_view text) {
    return text.size() == 8 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

} // namespace

std::string make_up_name(const std::function<bool(const std::string&)>& taken) {
    std::random_device random;
    for (unsigned attempt = 0;; ++attempt) {
        std::string name = std::string(kAdjectives[random() % kAdjectives.size()]) + "_" +
                           kNouns[random() % kNouns.size()];
        // After a few misses there are many containers: more names by a number behind.
        if (attempt > 3) name += std::to_string(random() % (10U << attempt % 20U));
        if (!taken(name)) return name;
        if (attempt > 1000) throw Error(ErrorCode::Exhausted, "cannot find a free name");
    }
}

void check_name(const std::string& name) {
    if (!spec::is_container_name(name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "invalid container name '" + base::printable(name.substr(0, 140)) +
                        "': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, up to 128 characters");
    }
    const std::string_view text = name;
    const bool job = text.rfind("job-", 0) == 0 &&
                     text.find_first_not_of("0123456789", 4) == std::string_view::npos;
    const bool exec = text.rfind("exec-", 0) == 0 && is_hex_tail(text.substr(5));
    if (job || exec) {
        throw Error(ErrorCode::InvalidArgument,
                    "the container name '" + name + "' is kept for berth's own units");
    }
}

std::string unit_of(const std::string& name) {
    return "berth-" + name + ".service";
}

} // namespace berth::container
