// SPDX-License-Identifier: LGPL-2.1-or-later
#include "parser.hpp"

#include <optional>
#include <set>

#include <base/strings.hpp>
#include <dockerfile/arguments.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

constexpr std::size_t kMaxOnBuild = 32; // nested; docker refuses the second in a build

/// The text a line at a time, and the number of the line that was read last.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    }

    /// With its newline.
    std::optional<std::string_view> next() {
        if (text_.empty()) return std::nullopt;
        const std::size_t end = text_.find('\n');
        const std::string_view line = text_.substr(0, end == text_.npos ? end : end + 1);
        text_.remove_prefix(line.size());
        ++number_;
        if (line.size() > kMaxLine + 1) {
            throw SyntaxError("the line is longer than " + std::to_string(kMaxLine) + " bytes",
                              number_);
        }
        return line;
    }
    [[nodiscard]] unsigned number() const noexcept { return number_; }

  private:
    std::string_view text_;
    unsigned number_ = 0;
};

std::string_view without_newline(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    return line;
}

bool is_comment(std::string_view line) {
    return trim_left(without_newline(line)).starts_with("#");
}

/// `# name = value` before everything else.
class Directives {
  public:
    char escape = '\\';

    void read(std::string_view line, unsigned number) {
        if (done_) return;
        const auto [name, value] = split(line);
        done_ = name.empty();
        if (name != "escape" && name != "syntax" && name != "check") return;
        if (!seen_.insert(name).second) {
            throw SyntaxError("only one " + name + " parser directive can be used", number,
                              std::string(line));
        }
        if (name != "escape") return;
        if (value != "\\" && value != "`") {
            throw SyntaxError("invalid escape token '" + value + "', expected \\ or `", number,
                              std::string(line));
        }
        escape = value[0];
    }

  private:
    static std::pair<std::string, std::string> split(std::string_view line) {
        if (!line.starts_with("#")) return {};
        line.remove_prefix(1);
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) return {};
        const std::string name = base::to_lower(trim_space(line.substr(0, equals)));
        const std::string value(trim_space(line.substr(equals + 1)));
        constexpr auto kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
        const bool is_name = !name.empty() && name[0] >= 'a' &&
                             name.find_first_not_of(kLetters) == std::string::npos;
        if (!is_name || value.empty()) return {};
        return {name, value};
    }

    bool done_ = false;
    std::set<std::string> seen_;
};

/// Takes the character that continues the line away; false when there is none.
bool take_continuation(std::string& line, char escape) {
    std::size_t end = line.size();
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        --end;
    if (end == 0 || line[end - 1] != escape) return false;
    if (end > 1 && line[end - 2] == escape) return false; // escaped itself
    line.resize(end - 1);
    return true;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : lines_(text) {}

    Tree parse() {
        while (const auto first = lines_.next())
            read_instruction(*first);
        if (tree_.nodes.empty()) {
            throw SyntaxError("file with no instructions: it must begin with FROM",
                              lines_.number());
        }
        tree_.escape = directives_.escape;
        return std::move(tree_);
    }

  private:
    void read_instruction(std::string_view first) {
        const std::string_view start = trim_left(without_newline(first));
        directives_.read(start, lines_.number());
        const unsigned number = lines_.number();
        std::string line(start.starts_with("#") ? std::string_view() : start);
        const bool goes_on = take_continuation(line, directives_.escape);
        if (!goes_on && line.empty()) return;
        if (goes_on) join(line);
        try {
            Node node = make_node(line, 0);
            read_heredocs(node, line);
            node.first_line = number;
            node.last_line = lines_.number();
            tree_.nodes.push_back(std::move(node));
        } catch (const SyntaxError&) {
            throw;
        } catch (const Error& error) {
            throw SyntaxError(error.what(), number, line);
        }
    }

    /// Comments and empty lines within an instruction count for nothing.
    void join(std::string& line) {
        while (const auto next = lines_.next()) {
            const std::string_view piece = without_newline(*next);
            if (is_comment(*next) || trim_left(piece).empty()) continue;
            std::string part(piece);
            const bool goes_on = take_continuation(part, directives_.escape);
            line += part;
            if (!goes_on) return;
        }
    }

    Node make_node(const std::string& line, std::size_t depth) {
        Command command = split_command(line);
        Node node{.name = command.name, .line = line, .flags = std::move(command.flags)};
        if (base::to_lower(node.name) != "onbuild") {
            parse_arguments(node, command.rest, directives_.escape);
        } else if (!command.rest.empty()) {
            if (depth == kMaxOnBuild) {
                throw Error(ErrorCode::InvalidArgument, "ONBUILD stands in ONBUILD");
            }
            node.sub = std::make_unique<Node>(make_node(command.rest, depth + 1));
        }
        return node;
    }

    void read_heredocs(Node& node, const std::string& line) {
        Node& owner = node.sub ? *node.sub : node;
        const std::string name = base::to_lower(owner.name);
        if (owner.json || (name != "run" && name != "copy" && name != "add")) return;
        if (line.find("<<") == std::string::npos) return;
        for (Heredoc& doc : find_heredocs(line))
            owner.heredocs.push_back(read_heredoc(std::move(doc), line));
    }

    Heredoc read_heredoc(Heredoc doc, const std::string& line) {
        const unsigned number = lines_.number();
        while (const auto next = lines_.next()) {
            std::string_view end = without_newline(*next);
            while (doc.chomp && end.starts_with("\t"))
                end.remove_prefix(1);
            if (end == doc.name) return doc;
            doc.content += *next;
        }
        throw SyntaxError("unterminated heredoc, expected a line with " + doc.name + " alone",
                          number, line);
    }

    Lines lines_;
    Directives directives_;
    Tree tree_;
};

std::string dump_node(const Node& node) {
    std::string text = base::to_lower(node.name);
    if (!node.flags.empty()) {
        std::vector<std::string> quoted;
        quoted.reserve(node.flags.size());
        for (const auto& flag : node.flags)
            quoted.push_back(quote(flag));
        text += " [" + base::join(quoted, " ") + "]";
    }
    if (node.sub) text += " (" + dump_node(*node.sub) + ")";
    for (const auto& argument : node.args)
        text += " " + quote(argument);
    return text;
}

} // namespace

std::string SyntaxError::describe(const std::string& file) const {
    const std::string place = file + (line_ == 0 ? "" : ":" + std::to_string(line_));
    std::string text = place + ": " + base::printable(what());
    if (!text_.empty()) text += "\n    " + base::printable(text_.substr(0, 400));
    return text;
}

Tree parse(std::string_view text) {
    if (text.size() > kMaxFile) {
        throw SyntaxError("the Dockerfile is longer than " + std::to_string(kMaxFile) + " bytes",
                          0);
    }
    return Parser(text).parse();
}

std::string dump(const Tree& tree) {
    std::string text;
    for (const auto& node : tree.nodes)
        text += "(" + dump_node(node) + ")\n";
    return text;
}

} // namespace berth::dockerfile
