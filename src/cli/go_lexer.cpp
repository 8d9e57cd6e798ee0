// SPDX-License-Identifier: LGPL-2.1-or-later
#include "go_lexer.hpp"

#include "go_tree.hpp"

#include <cctype>

namespace berth::cli::go {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_space(char c) {
    return kSpace.find(c) != std::string_view::npos;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// The end of a quoted string that starts at `at`, behind its quote; npos when there is none.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\' && quote != '`')
            ++i;
        else if (text[i] == quote)
            return i + 1;
        else if (text[i] == '\n' && quote != '`')
            break;
    }
    return std::string_view::npos;
}

std::size_t end_of_action(std::string_view source, std::size_t start) {
    std::size_t at = start;
    while (at < source.size()) {
        if (source.substr(at).starts_with("}}")) return at;
        if (source[at] == '"' || source[at] == '`' || source[at] == '\'') {
            at = end_of_string(source, at);
            if (at == std::string_view::npos) break;
        } else {
            ++at;
        }
    }
    fail_at(source, start, "unclosed action: '{{' without '}}'");
}

void trim_end(std::vector<Piece>& pieces) {
    if (pieces.empty() || pieces.back().action) return;
    auto& text = pieces.back().text;
    text.erase(text.find_last_not_of(kSpace) + 1);
}

bool is_comment(std::string_view inside) {
    return inside.starts_with("/*");
}

// What stands at `source[at]` behind "{{"; comments may hold "}}".
struct Action {
    std::string_view inside;
    std::size_t next = 0;
    bool trim_left = false;
    bool trim_right = false;
};

Action read_action(std::string_view source, std::size_t at) {
    Action action;
    std::size_t start = at + 2;
    if (start + 1 < source.size() && source[start] == '-' && is_space(source[start + 1])) {
        action.trim_left = true;
        start += 2;
    }
    std::size_t end = 0;
    const std::size_t comment = source.find_first_not_of(kSpace, start);
    if (comment != std::string_view::npos && is_comment(source.substr(comment))) {
        const std::size_t close = source.find("*/", comment + 2);
        if (close == std::string_view::npos) fail_at(source, at, "unclosed comment");
        end = source.find("}}", close);
        if (end == std::string_view::npos) fail_at(source, at, "unclosed comment");
    } else {
        end = end_of_action(source, start);
    }
    action.next = end + 2;
    if (end > start + 1 && source[end - 1] == '-' && is_space(source[end - 2])) {
        action.trim_right = true;
        --end;
    }
    action.inside = source.substr(start, end - start);
    return action;
}

char escaped(char c) {
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return c;
    }
}

std::string unquoted(std::string_view quoted) {
    const std::string_view inside = quoted.substr(1, quoted.size() - 2);
    if (quoted[0] == '`') return std::string(inside);
    std::string text;
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] == '\\' && i + 1 < inside.size())
            text += escaped(inside[++i]);
        else
            text += inside[i];
    }
    return text;
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
    while (at < text.size() && is_word(text[at]))
        ++at;
    return at;
}

std::size_t end_of_number(std::string_view text, std::size_t at) {
    if (text[at] == '-' || text[at] == '+') ++at;
    while (at < text.size() && (is_word(text[at]) || text[at] == '.'))
        ++at;
    return at;
}

bool starts_number(std::string_view text, std::size_t at) {
    const auto digit = [&](std::size_t i) {
        return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    };
    return digit(at) || ((text[at] == '-' || text[at] == '+') && digit(at + 1));
}

struct Lexer {
    std::string_view source;
    std::string_view text;
    std::size_t offset;
    std::size_t at = 0;

    Token take(TokenKind kind, std::size_t end, std::size_t skip = 0) {
        Token token{kind, std::string(text.substr(at + skip, end - at - skip))};
        at = end;
        return token;
    }

    Token next() {
        const char c = text[at];
        if (is_space(c))
            return take(TokenKind::Space,
                        std::min(text.find_first_not_of(kSpace, at), text.size()));
        if (c == '"' || c == '`' || c == '\'') {
            const std::size_t end = end_of_string(text, at);
            if (end == std::string_view::npos) fail_at(source, offset + at, "unclosed string");
            Token token = take(TokenKind::String, end);
            token.text = unquoted(token.text);
            return token;
        }
        if (starts_number(text, at)) return take(TokenKind::Number, end_of_number(text, at));
        if (c == '.') return take(TokenKind::Field, end_of_word(text, at + 1), 1);
        if (c == '$') return take(TokenKind::Variable, end_of_word(text, at + 1));
        if (is_word(c)) return take(TokenKind::Word, end_of_word(text, at));
        if (text.substr(at).starts_with(":=")) return take(TokenKind::Symbol, at + 2);
        if (std::string_view("|(),=").find(c) != std::string_view::npos)
            return take(TokenKind::Symbol, at + 1);
        fail_at(source, offset + at, std::string("unexpected character '") + c + "'");
    }
};

} // namespace

std::vector<Piece> cut(std::string_view source) {
    std::vector<Piece> pieces;
    std::size_t at = 0;
    bool trim_start = false;
    while (at < source.size()) {
        const std::size_t open = std::min(source.find("{{", at), source.size());
        std::string_view text = source.substr(at, open - at);
        if (trim_start) text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
        if (!text.empty()) pieces.push_back({false, std::string(text), at});
        if (open == source.size()) break;
        const Action action = read_action(source, open);
        if (action.trim_left) trim_end(pieces);
        trim_start = action.trim_right;
        const std::size_t first =
            std::min(action.inside.find_first_not_of(kSpace), action.inside.size());
        if (!is_comment(action.inside.substr(first)))
            pieces.push_back({true, std::string(action.inside),
                              static_cast<std::size_t>(action.inside.data() - source.data())});
        at = action.next;
    }
    return pieces;
}

std::vector<Token> tokens_of(std::string_view source, const Piece& piece) {
    std::vector<Token> tokens;
    Lexer lexer{source, piece.text, piece.at};
    while (lexer.at < lexer.text.size())
        tokens.push_back(lexer.next());
    while (!tokens.empty() && tokens.back().kind == TokenKind::Space)
        tokens.pop_back();
    if (!tokens.empty() && tokens.front().kind == TokenKind::Space) tokens.erase(tokens.begin());
    tokens.push_back({TokenKind::End, {}});
    return tokens;
}

} // namespace berth::cli::go
