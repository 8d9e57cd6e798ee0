// SPDX-License-Identifier: LGPL-2.1-or-later
// Cuts a template into text and actions, and an action into words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli::go {

/// Either plain text or what stands between {{ and }}; trim markers are carried out, comments left
/// out.
struct Piece {
    bool action = false;
    std::string text;
    std::size_t at = 0;
};
[[nodiscard]] std::vector<Piece> cut(std::string_view source);

enum class TokenKind { Word, Field, Variable, String, Number, Symbol, Space, End };

struct Token {
    TokenKind kind = TokenKind::End;
    std::string text; ///< a Field without its dot; a String without quotes and escapes
};
/// The words of an action; Space tokens separate operands. Ends in End.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view source, const Piece& piece);

} // namespace berth::cli::go
