// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ignore.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

constexpr std::size_t kMaxPatterns = 10000;

enum class Kind { Literal, Any, Star, DoubleStar, DoubleStarSlash, Class };

struct Token {
    Kind kind;
    std::string text; ///< the character, or what stands between the brackets
};

/// The end of [..]; npos when it is not closed.
std::size_t class_end(std::string_view pattern) {
    std::size_t at = 1;
    if (at < pattern.size() && pattern[at] == '^') ++at;
    for (bool first = true; at < pattern.size(); ++at, first = false) {
        if (pattern[at] == '\\') {
            ++at;
        } else if (pattern[at] == ']' && !first) {
            return at;
        }
    }
    return std::string_view::npos;
}

[[noreturn]] void refuse(std::string_view pattern) {
    throw Error(ErrorCode::InvalidArgument,
                "syntax error in pattern '" + base::printable(pattern) + "'");
}

Token next_token(std::string_view& rest, std::string_view whole) {
    const auto take = [&](Kind kind, std::size_t size, std::string_view text) {
        Token token{kind, std::string(text)};
        rest.remove_prefix(size);
        return token;
    };
    if (rest.starts_with("**/")) return take(Kind::DoubleStarSlash, 3, "");
    if (rest.starts_with("**")) return take(Kind::DoubleStar, 2, "");
    if (rest[0] == '*') return take(Kind::Star, 1, "");
    if (rest[0] == '?') return take(Kind::Any, 1, "");
    if (rest[0] == '[') {
        const std::size_t end = class_end(rest);
        if (end == std::string_view::npos) refuse(whole);
        return take(Kind::Class, end + 1, rest.substr(1, end - 1));
    }
    if (rest[0] == '\\') {
        rest.remove_prefix(1);
        if (rest.empty()) refuse(whole);
    }
    const std::size_t size = std::max<std::size_t>(character_size(rest), 1);
    return take(Kind::Literal, size, rest.substr(0, size));
}

std::vector<Token> tokens_of(std::string_view pattern) {
    std::vector<Token> tokens;
    std::string_view rest = pattern;
    while (!rest.empty())
        tokens.push_back(next_token(rest, pattern));
    return tokens;
}

std::string_view take_character(std::string_view& text) {
    if (text.size() > 1 && text[0] == '\\') text.remove_prefix(1);
    const std::size_t size = std::max<std::size_t>(character_size(text), 1);
    const std::string_view character = text.substr(0, size);
    text.remove_prefix(size);
    return character;
}

/// UTF-8 sorts as its code points do, when sizes are compared first.
bool is_between(std::string_view low, std::string_view character, std::string_view high) {
    const auto less = [](std::string_view a, std::string_view b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    };
    return !less(character, low) && !less(high, character);
}

bool in_class(std::string_view set, std::string_view character) {
    const bool negated = set.starts_with("^");
    if (negated) set.remove_prefix(1);
    bool found = false;
    while (!set.empty()) {
        const std::string_view low = take_character(set);
        std::string_view high = low;
        if (set.size() > 1 && set[0] == '-') {
            set.remove_prefix(1);
            high = take_character(set);
        }
        found = found || is_between(low, character, high);
    }
    return found != negated;
}

bool takes(const Token& token, std::string_view character) {
    switch (token.kind) {
    case Kind::Literal:
        return token.text == character;
    case Kind::Any:
    case Kind::Star:
        return character != "/";
    case Kind::Class:
        return character != "/" && in_class(token.text, character);
    case Kind::DoubleStar:
    case Kind::DoubleStarSlash:
        return true;
    }
    return false;
}

bool is_run(Kind kind) {
    return kind == Kind::Star || kind == Kind::DoubleStar || kind == Kind::DoubleStarSlash;
}

/// All places of the pattern that can be reached, a character at a time: no path is too long for
/// any pattern. `a` + `**/` is left only at the start of a name.
bool match(const std::vector<Token>& tokens, std::string_view path) {
    std::string now(tokens.size() + 1, '\0');
    now[0] = 1;
    bool name_starts = true;
    for (;;) {
        for (std::size_t place = 0; place < tokens.size(); ++place) {
            const bool leaves = tokens[place].kind == Kind::DoubleStarSlash
                                    ? name_starts || now[place] == 2
                                    : is_run(tokens[place].kind);
            if (now[place] != 0 && leaves && now[place + 1] == 0) now[place + 1] = 2;
        }
        if (path.empty()) return now.back() != 0;
        const std::size_t size = std::max<std::size_t>(character_size(path), 1);
        const std::string_view character = path.substr(0, size);
        path.remove_prefix(size);
        std::string next(tokens.size() + 1, '\0');
        for (std::size_t place = 0; place < tokens.size(); ++place) {
            if (now[place] == 0 || !takes(tokens[place], character)) continue;
            if (!is_run(tokens[place].kind))
                next[place + 1] = 2;
            else if (next[place] == 0)
                next[place] = 1;
        }
        now = std::move(next);
        name_starts = character == "/";
    }
}

} // namespace

std::string clean_relative(std::string_view path) {
    std::vector<std::string> parts;
    for (const auto& part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
        } else if (!parts.empty()) {
            parts.pop_back();
        }
    }
    return parts.empty() ? "." : base::join(parts, "/");
}

bool matches(std::string_view pattern, std::string_view path) {
    return match(tokens_of(pattern), path);
}

IgnoreList IgnoreList::parse(std::string_view text) {
    IgnoreList list;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (const auto& line : base::split(text, '\n')) {
        if (line.starts_with("#")) continue;
        list.add(line);
    }
    return list;
}

void IgnoreList::add(std::string_view line) {
    std::string_view text = trim_space(line);
    if (text.empty()) return;
    Pattern pattern;
    if (text[0] == '!') {
        pattern.takes_back = true;
        text = trim_space(text.substr(1));
        if (text.empty()) refuse(line);
    }
    pattern.text = clean_relative(text);
    if (pattern.text == "." && !pattern.takes_back) return; // as docker: "." and "/" say nothing
    (void)tokens_of(pattern.text);
    if (patterns_.size() == kMaxPatterns) {
        throw Error(ErrorCode::Exhausted,
                    ".dockerignore has more than " + std::to_string(kMaxPatterns) + " patterns");
    }
    patterns_.push_back(std::move(pattern));
}

bool IgnoreList::ignores(const std::string& path) const {
    if (path == ".") return false;
    bool ignored = false;
    for (const auto& pattern : patterns_) {
        if (pattern.takes_back != ignored) continue;
        const auto tokens = tokens_of(pattern.text);
        bool hit = match(tokens, path);
        for (std::size_t slash = path.find('/'); !hit && slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            hit = match(tokens, std::string_view(path).substr(0, slash));
        }
        if (hit) ignored = !ignored;
    }
    return ignored;
}

bool IgnoreList::may_take_back() const {
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [](const Pattern& pattern) { return pattern.takes_back; });
}

} // namespace berth::dockerfile
