// SPDX-License-Identifier: LGPL-2.1-or-later
#include "expand.hpp"

#include <algorithm>
#include <utility>

#include <base/strings.hpp>
#include <dockerfile/pattern.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

constexpr unsigned kMaxDepth = 64;

[[noreturn]] void refuse_form(const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, why);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_name(char c) {
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// What has been read: as one text, and parted where white space stood outside quotes.
class Output {
  public:
    std::string text;
    std::vector<std::string> words;

    void add(std::string_view piece, bool parts) {
        if (text.size() + piece.size() > kMaxExpanded) {
            throw Error(ErrorCode::Exhausted, "variables make a word longer than " +
                                                  std::to_string(kMaxExpanded) + " bytes");
        }
        text += piece;
        for (const char c : piece) {
            if (parts && is_space(c)) {
                end_word();
            } else {
                word_ += c;
                in_word_ = true;
            }
        }
        // Quotes around nothing are a word.
        if (!parts) in_word_ = true;
    }
    void end_word() {
        if (in_word_) words.push_back(std::exchange(word_, {}));
        in_word_ = false;
    }

  private:
    std::string word_;
    bool in_word_ = false;
};

class Expander {
  public:
    Expander(std::string_view text, const Lookup& lookup, const ExpandOptions& options)
        : text_(text), lookup_(lookup), options_(options) {}

    Output all() {
        Output output;
        read_to(0, output);
        output.end_word();
        return output;
    }

  private:
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek() const { return text_[at_]; }

    /// Up to `stop`, which is taken too; 0: the end of the text.
    void read_to(char stop, Output& output) {
        while (!at_end()) {
            const char c = peek();
            if (stop != 0 && c == stop) {
                ++at_;
                return;
            }
            if (c == '\'') {
                output.add(single_quoted(), false);
            } else if (c == '"') {
                output.add(double_quoted(), false);
            } else if (c == '$') {
                output.add(variable(), true);
            } else {
                plain(output);
            }
        }
        if (stop != 0) refuse_form(std::string("syntax error: missing '") + stop + "'");
    }

    void plain(Output& output) {
        const char c = text_[at_++];
        if (c != options_.escape) {
            output.add({&c, 1}, true);
            return;
        }
        if (keep_escapes_ || options_.keep_escapes) output.add({&c, 1}, false);
        if (at_end()) return;
        const char next = text_[at_++];
        output.add({&next, 1}, false);
    }

    std::string single_quoted() {
        const std::size_t end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos)
            refuse_form("unexpected end of statement while looking for matching single-quote");
        const std::string_view quoted = options_.keep_quotes ? text_.substr(at_, end + 1 - at_)
                                                             : text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return std::string(quoted);
    }

    std::string double_quoted() {
        ++at_;
        std::string quoted(options_.keep_quotes ? "\"" : "");
        while (!at_end()) {
            const char c = peek();
            if (c == '"') {
                ++at_;
                return options_.keep_quotes ? quoted + c : quoted;
            }
            if (c == '$') {
                quoted += variable();
                if (quoted.size() > kMaxExpanded) break;
                continue;
            }
            ++at_;
            if (c == options_.escape) {
                quoted_escape(quoted);
            } else {
                quoted += c;
            }
        }
        refuse_form("unexpected end of statement while looking for matching double-quote");
    }

    void quoted_escape(std::string& quoted) {
        const bool keep = keep_escapes_ || options_.keep_escapes;
        if (at_end()) return;
        const char next = peek();
        const bool protects = next == '"' || next == '$' || next == options_.escape;
        if (keep || !protects) quoted += options_.escape;
        if (protects) quoted += text_[at_++];
    }

    std::string name() {
        if (at_end()) return {};
        const char first = peek();
        const std::size_t start = at_;
        if (is_digit(first)) {
            while (!at_end() && is_digit(peek()))
                ++at_;
        } else if (std::string_view("@*#?-$!").find(first) != std::string_view::npos) {
            ++at_;
        } else {
            while (!at_end() && is_name(peek()))
                ++at_;
        }
        return std::string(text_.substr(start, at_ - start));
    }

    std::string variable() {
        const std::size_t start = at_++;
        if (!at_end() && peek() == '{') return braced(start);
        const std::string key = name();
        if (key.empty()) return "$";
        auto value = lookup_(key);
        if (!value && options_.keep_unset) return "$" + key;
        return value.value_or("");
    }

    std::string braced(std::size_t start) {
        if (++depth_ > kMaxDepth) refuse_form("variables are nested too deeply");
        ++at_;
        if (at_end()) refuse_form("syntax error: missing '}'");
        if (peek() == '{' || peek() == '}' || peek() == ':') {
            refuse_form("syntax error: bad substitution");
        }
        const std::string key = name();
        if (at_end()) refuse_form("syntax error: missing '}'");
        const auto value = lookup_(key);
        std::string result = modified(key, value);
        --depth_;
        if (!value && options_.keep_unset) return std::string(text_.substr(start, at_ - start));
        return result;
    }

    std::string modified(const std::string& key, const std::optional<std::string>& value) {
        std::string sign(1, text_[at_++]);
        if (sign == "}") return value.value_or("");
        if (sign == "/") return replaced(value.value_or(""));
        if (sign == ":") {
            if (at_end()) refuse_form("syntax error: missing '}'");
            sign += text_[at_++];
        }
        const char kind = sign.back();
        if (std::string_view("+-?#%").find(kind) == std::string_view::npos) {
            refuse_form("unsupported modifier (" + base::printable(sign) + ") in substitution");
        }
        const bool saved = keep_escapes_;
        keep_escapes_ = keep_escapes_ || kind == '#' || kind == '%';
        const std::string word = inner('}');
        keep_escapes_ = saved;
        const bool is_set = value && (sign.size() == 1 || !value->empty());
        if (kind == '-') return is_set ? *value : word;
        if (kind == '+') return is_set ? word : "";
        if (kind == '?') return demanded(key, value, word, is_set);
        return trimmed(value.value_or(""), word, kind);
    }

    static std::string demanded(const std::string& key, const std::optional<std::string>& value,
                                const std::string& word, bool is_set) {
        if (is_set) return *value;
        const char* why = value ? "is not allowed to be empty" : "is not allowed to be unset";
        refuse_form(key + ": " + (word.empty() ? why : word));
    }

    static std::string trimmed(const std::string& value, std::string_view pattern, char kind) {
        Greed greed = Greed::Shortest;
        if (pattern.starts_with(kind)) {
            greed = Greed::Longest;
            pattern.remove_prefix(1);
        }
        return kind == '#' ? trim_prefix(value, pattern, greed)
                           : trim_suffix(value, pattern, greed);
    }

    std::string replaced(const std::string& value) {
        const bool all = !at_end() && peek() == '/';
        if (all) ++at_;
        const bool saved = std::exchange(keep_escapes_, true);
        const std::string pattern = inner('/');
        keep_escapes_ = saved;
        return replace(value, pattern, inner('}'), all);
    }

    std::string inner(char stop) {
        Output output;
        read_to(stop, output);
        return std::move(output.text);
    }

    std::string_view text_;
    const Lookup& lookup_;
    const ExpandOptions& options_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;
    bool keep_escapes_ = false; ///< within a pattern
};

std::optional<std::string> nothing(const std::string& /*name*/) {
    return std::nullopt;
}

/// `0<<-NAME`, or nothing.
std::optional<Heredoc> heredoc_of(const std::string& word) {
    std::string_view rest = word;
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    Heredoc doc;
    doc.fd = static_cast<unsigned>(base::parse_number(rest.substr(0, digits), 1024).value_or(0));
    rest.remove_prefix(digits);
    if (!rest.starts_with("<<")) return std::nullopt;
    rest.remove_prefix(2);
    doc.chomp = rest.starts_with("-");
    if (doc.chomp) rest.remove_prefix(1);
    if (rest.empty() || rest.find('<') != std::string_view::npos) return std::nullopt;
    const auto names = expand_words(rest, nothing, {.keep_unset = true});
    if (names.size() != 1 || names[0].empty()) return std::nullopt;
    doc.name = names[0];
    doc.expand = doc.name == rest;
    return doc;
}

} // namespace

std::string expand(std::string_view word, const Lookup& lookup, const ExpandOptions& options) {
    return Expander(word, lookup, options).all().text;
}

std::vector<std::string> expand_words(std::string_view text, const Lookup& lookup,
                                      const ExpandOptions& options) {
    return Expander(text, lookup, options).all().words;
}

std::vector<Heredoc> find_heredocs(std::string_view line) {
    std::vector<std::string> words;
    try {
        words = expand_words(line, nothing,
                             {.keep_quotes = true, .keep_escapes = true, .keep_unset = true});
    } catch (const Error&) {
        return {}; // what the shell makes of it is the shell's business
    }
    std::vector<Heredoc> docs;
    for (const auto& word : words) {
        if (auto doc = heredoc_of(word)) docs.push_back(*std::move(doc));
    }
    return docs;
}

} // namespace berth::dockerfile
