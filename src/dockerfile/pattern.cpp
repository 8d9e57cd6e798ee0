// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pattern.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <berth/error.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

constexpr std::size_t kMaxSteps = 5'000'000;

enum class GlyphKind { Literal, Any, Many };

struct Glyph {
    GlyphKind kind;
    std::string text;
};

/// Runs over the text once, with every place of the pattern that can be reached at once.
class Matcher {
  public:
    Matcher(std::string_view pattern, bool backwards) {
        while (!pattern.empty()) {
            const bool escaped = pattern[0] == '\\' && pattern.size() > 1;
            if (escaped) pattern.remove_prefix(1);
            const std::size_t size = std::max<std::size_t>(character_size(pattern), 1);
            GlyphKind kind = GlyphKind::Literal;
            if (!escaped && pattern[0] == '*') kind = GlyphKind::Many;
            if (!escaped && pattern[0] == '?') kind = GlyphKind::Any;
            tokens_.push_back({kind, std::string(pattern.substr(0, size))});
            pattern.remove_prefix(size);
        }
        if (backwards) std::reverse(tokens_.begin(), tokens_.end());
    }

    /// How many of the characters, from the first, match; nothing when none do.
    std::optional<std::size_t> match(const std::vector<std::string_view>& characters,
                                     std::size_t from, Greed greed) {
        std::optional<std::size_t> found;
        std::string now(tokens_.size() + 1, '\0'); // which places of the pattern are reached
        now[0] = 1;
        for (std::size_t at = from;; ++at) {
            skip_many(now);
            if (now.back() != 0) found = at - from;
            if (found && greed == Greed::Shortest) return found;
            if (at == characters.size() || !advance(now, characters[at])) return found;
        }
    }

  private:
    void skip_many(std::string& now) const {
        for (std::size_t place = 0; place < tokens_.size(); ++place) {
            if (now[place] != 0 && tokens_[place].kind == GlyphKind::Many) now[place + 1] = 1;
        }
    }

    bool advance(std::string& now, std::string_view character) {
        steps_ += tokens_.size() + 1;
        if (steps_ > kMaxSteps) {
            throw Error(ErrorCode::Exhausted, "the pattern is too much work for its text");
        }
        bool alive = false;
        for (std::size_t place = tokens_.size(); place-- > 0;) {
            const Glyph& token = tokens_[place];
            const bool takes = token.kind != GlyphKind::Literal || token.text == character;
            const bool goes = now[place] != 0 && takes;
            if (token.kind != GlyphKind::Many) now[place] = 0;
            now[place + 1] = static_cast<char>(now[place + 1] != 0 && is_many(place + 1));
            if (goes && token.kind != GlyphKind::Many) now[place + 1] = 1;
            alive = alive || goes;
        }
        return alive;
    }

    [[nodiscard]] bool is_many(std::size_t place) const {
        return place < tokens_.size() && tokens_[place].kind == GlyphKind::Many;
    }

    std::vector<Glyph> tokens_;
    std::size_t steps_ = 0;
};

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        const std::size_t size = std::max<std::size_t>(character_size(text), 1);
        characters.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return characters;
}

std::size_t bytes_of(const std::vector<std::string_view>& characters, std::size_t count) {
    std::size_t bytes = 0;
    for (std::size_t index = 0; index < count; ++index)
        bytes += characters[index].size();
    return bytes;
}

} // namespace

std::string trim_prefix(const std::string& value, std::string_view pattern, Greed greed) {
    const auto characters = characters_of(value);
    const auto count = Matcher(pattern, false).match(characters, 0, greed);
    return count ? value.substr(bytes_of(characters, *count)) : value;
}

std::string trim_suffix(const std::string& value, std::string_view pattern, Greed greed) {
    auto characters = characters_of(value);
    std::reverse(characters.begin(), characters.end());
    const auto count = Matcher(pattern, true).match(characters, 0, greed);
    return count ? value.substr(0, value.size() - bytes_of(characters, *count)) : value;
}

std::string replace(std::string_view value, std::string_view pattern, std::string_view replacement,
                    bool all) {
    const auto characters = characters_of(value);
    Matcher matcher(pattern, false);
    std::string result;
    bool goes_on = true;
    for (std::size_t at = 0; at < characters.size();) {
        const auto count = goes_on ? matcher.match(characters, at, Greed::Longest) : std::nullopt;
        if (!count || *count == 0) {
            result += characters[at++];
            continue;
        }
        result += replacement;
        if (result.size() > kMaxExpanded) {
            throw Error(ErrorCode::Exhausted, "the replacement grows beyond its bound");
        }
        at += *count;
        goes_on = all;
    }
    return result;
}

} // namespace berth::dockerfile
