// SPDX-License-Identifier: LGPL-2.1-or-later
#include "arguments.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

using Form = void (*)(Node&, const std::string&, char);

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, why);
}

/// Reads the `--flag` words before the arguments, quotes taken away.
class FlagReader {
  public:
    explicit FlagReader(std::string_view line) : line_(line) {}

    std::vector<std::string> flags;

    /// Returns what stands behind the flags.
    std::string_view read() {
        for (;;) {
            line_ = trim_left(line_);
            if (!line_.starts_with("--")) return line_;
            if (!read_word()) return line_;
        }
    }

  private:
    /// False after "--", which ends them.
    bool read_word() {
        std::string word;
        char quote = 0;
        std::size_t at = 0;
        for (; at < line_.size(); ++at) {
            char c = line_[at];
            if (quote == 0 && is_space(c)) break;
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                continue;
            }
            if (quote != 0 && c == quote) {
                quote = 0;
                continue;
            }
            if (c == '\\') {
                if (++at == line_.size()) break;
                c = line_[at];
            }
            word += c;
        }
        line_.remove_prefix(at);
        if (word == "--") return false;
        flags.push_back(std::move(word));
        return true;
    }

    std::string_view line_;
};

void plain(Node& node, const std::string& rest, char /*escape*/) {
    if (!rest.empty()) node.args = {rest};
}

void words(Node& node, const std::string& rest, char escape) {
    node.args = split_words(rest, escape);
}

void spaced(Node& node, const std::string& rest, char /*escape*/) {
    if (!rest.empty()) node.args = split_space(rest, SIZE_MAX);
}

bool take_json(Node& node, const std::string& rest) {
    auto list = parse_json_list(rest);
    if (!list) return false;
    node.args = *std::move(list);
    node.json = true;
    return true;
}

void json_or_plain(Node& node, const std::string& rest, char escape) {
    if (!take_json(node, rest)) plain(node, rest, escape);
}

void json_or_spaced(Node& node, const std::string& rest, char escape) {
    if (!take_json(node, rest)) spaced(node, rest, escape);
}

void name_values(Node& node, const std::string& rest, char escape) {
    const auto parts = split_words(rest, escape);
    if (parts.empty()) return;
    if (parts[0].find('=') == std::string::npos) {
        const auto old = split_space(rest, 2);
        const std::string name = base::to_lower(node.name) == "env" ? "ENV" : "LABEL";
        if (old.size() < 2) {
            refuse(name + " must have two arguments: write " + name + " name=value");
        }
        node.args = {old[0], old[1], ""};
        return;
    }
    for (const auto& word : parts) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) {
            refuse("Syntax error - can't find = in " + quote(word) +
                   ". Must be of the form: name=value");
        }
        node.args.insert(node.args.end(),
                         {word.substr(0, equals), word.substr(equals + 1), std::string("=")});
    }
}

void health(Node& node, const std::string& rest, char escape) {
    std::size_t end = 0;
    while (end < rest.size() && !is_space(rest[end]))
        ++end;
    if (end == 0) return;
    json_or_plain(node, std::string(trim_left(std::string_view(rest).substr(end))), escape);
    node.args.insert(node.args.begin(), rest.substr(0, end));
}

constexpr std::array<std::pair<std::string_view, Form>, 18> kForms{{
    {"add", json_or_spaced},
    {"arg", words},
    {"author", plain},
    {"cmd", json_or_plain},
    {"copy", json_or_spaced},
    {"entrypoint", json_or_plain},
    {"env", name_values},
    {"expose", spaced},
    {"from", spaced},
    {"healthcheck", health},
    {"label", name_values},
    {"maintainer", plain},
    {"run", json_or_plain},
    {"shell", json_or_plain},
    {"stopsignal", plain},
    {"user", plain},
    {"volume", json_or_spaced},
    {"workdir", plain},
}};

/// Splits text into words. Quotes stay in them, and what the escape character protects does.
class WordSplitter {
  public:
    WordSplitter(std::string_view rest, char escape) : rest_(rest), escape_(escape) {}

    std::vector<std::string> split() {
        while (at_ < rest_.size()) {
            const char c = rest_[at_];
            if (quote_ == 0 && is_space(c)) {
                end_word();
                ++at_;
            } else {
                take(c);
            }
        }
        end_word();
        return std::move(words_);
    }

  private:
    void end_word() {
        if (!word_.empty()) words_.push_back(valid_utf8(word_));
        word_.clear();
    }

    void take(char c) {
        if (c == escape_ && quote_ != '\'') {
            take_escaped();
            return;
        }
        if (quote_ == 0 && (c == '\'' || c == '"')) {
            quote_ = c;
        } else if (c == quote_) {
            quote_ = 0;
        }
        word_ += c;
        ++at_;
    }

    void take_escaped() {
        if (++at_ == rest_.size()) return; // nothing to protect at the end of the line
        word_ += escape_;
        word_ += rest_[at_++];
    }

    std::string_view rest_;
    char escape_;
    std::size_t at_ = 0;
    char quote_ = 0;
    std::string word_;
    std::vector<std::string> words_;
};

} // namespace

Command split_command(std::string_view line) {
    const auto parts = split_space(trim_space(line), 2);
    Command command{.name = parts[0], .flags = {}, .rest = {}};
    if (parts.size() < 2) return command;
    FlagReader reader(parts[1]);
    command.rest = trim_space(reader.read());
    command.flags = std::move(reader.flags);
    return command;
}

std::vector<std::string> split_words(std::string_view rest, char escape) {
    return WordSplitter(rest, escape).split();
}

std::optional<std::vector<std::string>> parse_json_list(std::string_view rest) {
    if (!trim_left(rest).starts_with("[")) return std::nullopt;
    const auto json = nlohmann::json::parse(valid_utf8(rest), nullptr, false);
    if (!json.is_array()) return std::nullopt;
    std::vector<std::string> list;
    for (const auto& value : json) {
        if (!value.is_string()) {
            refuse("only strings can stand in a list in brackets, as in [\"a\", \"b\"]");
        }
        list.push_back(value.get<std::string>());
    }
    return list;
}

void parse_arguments(Node& node, const std::string& rest, char escape) {
    const std::string name = base::to_lower(node.name);
    for (const auto& [known, form] : kForms) {
        if (known == name) return form(node, rest, escape);
    }
    node.args = {""};
}

} // namespace berth::dockerfile
