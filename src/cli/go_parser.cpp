// SPDX-License-Identifier: LGPL-2.1-or-later
#include "go_functions.hpp"
#include "go_lexer.hpp"
#include "go_tree.hpp"

#include <algorithm>
#include <charconv>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli::go {
namespace {

nlohmann::json number(const std::string& text) {
    const char* start = text.data() + (text[0] == '+' ? 1 : 0);
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [stop, status] = std::from_chars(start, end, whole);
        status == std::errc() && stop == end)
        return whole;
    double real = 0;
    if (const auto [stop, status] = std::from_chars(start, end, real);
        status == std::errc() && stop == end)
        return real;
    return nullptr;
}

// One action's tokens.
class ActionParser {
  public:
    ActionParser(std::string_view source, const Piece& piece)
        : source_(source), at_(piece.at), tokens_(tokens_of(source, piece)) {}

    [[nodiscard]] std::string keyword() const {
        return tokens_[0].kind == TokenKind::Word ? tokens_[0].text : std::string();
    }
    void skip_word() {
        ++next_;
        skip_space();
    }
    void expect_end() const {
        if (peek().kind != TokenKind::End) fail("unexpected '" + peek().text + "'");
    }
    [[nodiscard]] bool at_end() const { return peek().kind == TokenKind::End; }

    Pipeline pipeline(unsigned depth = 0) {
        if (depth > kMaxDepth) fail("too deep");
        Pipeline pipeline;
        pipeline.at = at_;
        read_variables(pipeline);
        for (;;) {
            skip_space();
            Command command = read_command(depth);
            if (command.operands.empty()) fail("missing value");
            pipeline.commands.push_back(std::move(command));
            skip_space();
            if (!take_symbol("|")) return pipeline;
        }
    }

    [[noreturn]] void fail(const std::string& message) const { fail_at(source_, at_, message); }

  private:
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
    }
    void skip_space() {
        while (peek().kind == TokenKind::Space)
            ++next_;
    }
    bool take_symbol(const char* symbol) {
        if (peek().kind != TokenKind::Symbol || peek().text != symbol) return false;
        ++next_;
        return true;
    }

    // "$x :=", "$x =", "$i, $v :=" at the start, or nothing.
    void read_variables(Pipeline& pipeline) {
        const std::size_t start = next_;
        std::vector<std::string> names;
        do {
            skip_space();
            if (peek().kind != TokenKind::Variable || peek().text == "$") break;
            names.push_back(peek().text);
            ++next_;
            skip_space();
        } while (take_symbol(","));
        const bool declares = take_symbol(":=");
        if (!names.empty() && names.size() <= 2 && (declares || take_symbol("="))) {
            pipeline.variables = std::move(names);
            pipeline.declares = declares;
            return;
        }
        next_ = start;
    }

    Command read_command(unsigned depth) {
        Command command;
        for (;;) {
            const Token& token = peek();
            if (token.kind == TokenKind::End ||
                (token.kind == TokenKind::Symbol && token.text != "("))
                return command;
            command.operands.push_back(read_operand(depth));
            if (peek().kind != TokenKind::Space) return command;
            skip_space();
        }
    }

    Operand read_operand(unsigned depth) {
        Operand operand;
        const Token token = peek();
        ++next_;
        switch (token.kind) {
        case TokenKind::Field:
            if (!token.text.empty()) operand.fields.push_back(token.text);
            break;
        case TokenKind::Variable:
            operand.kind = OperandKind::Variable;
            operand.name = token.text;
            break;
        case TokenKind::String:
            operand.kind = OperandKind::Literal;
            operand.literal = token.text;
            return operand;
        case TokenKind::Number:
            operand.kind = OperandKind::Literal;
            operand.literal = number(token.text);
            if (operand.literal.is_null()) fail("bad number '" + token.text + "'");
            return operand;
        case TokenKind::Word:
            return word(token.text);
        default: // "("
            operand.kind = OperandKind::Nested;
            operand.inner = std::make_shared<Pipeline>(pipeline(depth + 1));
            if (!take_symbol(")")) fail("missing ')'");
        }
        while (peek().kind == TokenKind::Field && !peek().text.empty()) {
            operand.fields.push_back(peek().text);
            ++next_;
        }
        return operand;
    }

    [[nodiscard]] Operand word(const std::string& text) const {
        Operand operand;
        operand.kind = OperandKind::Literal;
        if (text == "true" || text == "false") {
            operand.literal = text == "true";
        } else if (text == "nil") {
            operand.literal = nullptr;
        } else {
            operand.kind = OperandKind::Function;
            operand.name = text;
            if (!is_function(text)) fail("function \"" + text + "\" not defined");
        }
        return operand;
    }

    std::string_view source_;
    std::size_t at_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;
};

enum class Stop { End, Else, Source };

class Parser {
  public:
    explicit Parser(std::string_view source) : source_(source), pieces_(cut(source)) {}

    Node parse() {
        Node root;
        if (read_list(root.body, 0, false) != Stop::Source)
            fail_at(source_, pieces_[next_ - 1].at,
                    "unexpected {{" + pieces_[next_ - 1].text + "}}");
        return root;
    }

  private:
    // Reads up to {{end}}, {{else..}} (left as the last piece read) or the end of the source.
    Stop read_list(std::vector<Node>& list, unsigned depth, bool in_range) {
        if (depth > kMaxDepth) fail_at(source_, source_.size(), "too deep");
        while (next_ < pieces_.size()) {
            const Piece& piece = pieces_[next_++];
            if (!piece.action) {
                list.push_back({NodeKind::Text, piece.text, {}, {}, {}});
                continue;
            }
            ActionParser action(source_, piece);
            const std::string word = action.keyword();
            if (word == "end" || word == "else") return word == "end" ? Stop::End : Stop::Else;
            list.push_back(read_node(action, word, piece, depth, in_range));
        }
        return Stop::Source;
    }

    Node read_node(ActionParser& action, const std::string& word, const Piece& piece,
                   unsigned depth, bool in_range) {
        if (word == "if") return read_block(NodeKind::If, action, piece, depth, in_range);
        if (word == "with") return read_block(NodeKind::With, action, piece, depth, in_range);
        if (word == "range") return read_block(NodeKind::Range, action, piece, depth, true);
        if (word == "break" || word == "continue") {
            if (!in_range) action.fail("{{" + word + "}} outside {{range}}");
            return {word == "break" ? NodeKind::Break : NodeKind::Continue, {}, {}, {}, {}};
        }
        if (word == "define" || word == "template" || word == "block")
            action.fail("{{" + word + "}} is not supported");
        Node node{NodeKind::Action, {}, action.pipeline(), {}, {}};
        action.expect_end();
        return node;
    }

    Node read_block(NodeKind kind, ActionParser& action, const Piece& piece, unsigned depth,
                    bool in_range) {
        action.skip_word();
        Node node{kind, {}, action.pipeline(), {}, {}};
        action.expect_end();
        const Stop stop = read_list(node.body, depth + 1, in_range);
        if (stop == Stop::Source) fail_at(source_, piece.at, "missing {{end}}");
        if (stop == Stop::Else) read_else(node, piece, depth, in_range);
        return node;
    }

    void read_else(Node& node, const Piece& opening, unsigned depth, bool in_range) {
        const Piece& piece = pieces_[next_ - 1];
        ActionParser action(source_, piece);
        action.skip_word();
        if (!action.at_end()) {
            const std::string word =
                ActionParser(source_, {true, rest_of(piece), piece.at}).keyword();
            if (word != "if" && word != "with") action.fail("unexpected word after else");
            node.otherwise.push_back(read_block(word == "if" ? NodeKind::If : NodeKind::With,
                                                action, opening, depth + 1, in_range));
            return; // one {{end}} closes both
        }
        if (read_list(node.otherwise, depth + 1, in_range) != Stop::End)
            fail_at(source_, opening.at, "missing {{end}}");
    }

    static std::string rest_of(const Piece& piece) {
        const std::string_view text = base::trim(piece.text);
        return std::string(base::trim(text.substr(4)));
    }

    std::string_view source_;
    std::vector<Piece> pieces_;
    std::size_t next_ = 0;
};

} // namespace

void fail_at(std::string_view source, std::size_t at, const std::string& message) {
    const std::string_view before = source.substr(0, std::min(at, source.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column =
        before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    throw Error(ErrorCode::InvalidArgument, "template: " + std::to_string(line) + ":" +
                                                std::to_string(column) + ": " +
                                                base::printable(message));
}

Node parse(std::string_view source) {
    return Parser(source).parse();
}

} // namespace berth::cli::go
