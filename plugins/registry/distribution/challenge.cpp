// SPDX-License-Identifier: LGPL-2.1-or-later
#include "challenge.hpp"

#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr std::size_t kMaxChallenges = 16;

/// Takes characters of a token off the front.
std::string take_token(std::string_view& rest) {
    const std::size_t end = std::min(rest.find_first_of(" \t,=\""), rest.size());
    const std::string token(rest.substr(0, end));
    rest.remove_prefix(end);
    return token;
}

void skip(std::string_view& rest, std::string_view characters) {
    rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
}

std::string take_quoted(std::string_view& rest) {
    std::string value;
    rest.remove_prefix(1);
    while (!rest.empty() && rest[0] != '"') {
        if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
        value += rest[0];
        rest.remove_prefix(1);
    }
    if (!rest.empty()) rest.remove_prefix(1);
    return value;
}

} // namespace

std::string Challenge::get(const std::string& name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

std::optional<Challenge> parse_challenge(std::string_view header) {
    std::optional<Challenge> basic;
    std::optional<Challenge> bearer;
    Challenge* current = nullptr;
    for (std::size_t count = 0; count < 8 * kMaxChallenges; ++count) {
        skip(header, " \t,");
        if (header.empty()) break;
        const std::string name = base::to_lower(take_token(header));
        skip(header, " \t");
        if (!name.empty() && !header.empty() && header[0] == '=') {
            header.remove_prefix(1);
            skip(header, " \t");
            const bool quoted = !header.empty() && header[0] == '"';
            std::string value = quoted ? take_quoted(header) : take_token(header);
            if (current != nullptr) current->parameters.emplace(name, std::move(value));
            continue;
        }
        if (name.empty()) break; // malformed: what was understood so far counts
        auto& slot = name == "bearer" ? bearer : basic;
        current = nullptr;
        if ((name == "bearer" || name == "basic") && !slot) {
            slot = Challenge{.scheme = name, .parameters = {}};
            current = &*slot;
        }
    }
    return bearer ? bearer : basic;
}

} // namespace berth::distribution
