// SPDX-License-Identifier: LGPL-2.1-or-later
#include "changes.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::image {

namespace {

using Config = spec::ImageConfig;
using Words = std::vector<std::string>;

constexpr std::size_t kMaxChange = 65536;

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, "change '" + std::string(name) + "': " + why);
}

/// '["a", "b"]'; empty when the text is not such a list.
std::optional<Words> json_words(std::string_view text) {
    if (text.empty() || text[0] != '[') return std::nullopt;
    try {
        const auto json = base::parse_json(text, kMaxChange, "list");
        Words words;
        for (const auto& element : json) {
            if (!element.is_string()) return std::nullopt;
            words.push_back(element.get<std::string>());
        }
        return words;
    } catch (const Error&) {
        return std::nullopt; // the shell's "[" begins a command
    }
}

/// A list as JSON, or a line for a shell.
Words command_words(const Config& config, std::string_view text) {
    if (auto words = json_words(text)) return *words;
    if (text.empty()) return {};
    Words words = config.shell.empty() ? Words{"/bin/sh", "-c"} : config.shell;
    words.emplace_back(text);
    return words;
}

/// Takes one word with its quotes and backslashes resolved.
std::string take_word(std::string_view name, std::string_view& rest) {
    std::string word;
    char quote = '\0';
    while (!rest.empty()) {
        const char c = rest[0];
        if (quote == '\0' && (c == ' ' || c == '\t')) break;
        rest.remove_prefix(1);
        if (c == '\\' && quote != '\'' && !rest.empty()) {
            word += rest[0];
            rest.remove_prefix(1);
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else {
            word += c;
        }
    }
    if (quote != '\0') refuse(name, "a quote is not closed");
    return word;
}

Words split_words(std::string_view name, std::string_view text) {
    Words words;
    for (text = base::trim(text); !text.empty(); text = base::trim(text)) {
        words.push_back(take_word(name, text));
    }
    return words;
}

/// "A=b C=d", or the old form "A b c".
std::vector<std::pair<std::string, std::string>> pairs_of(std::string_view name,
                                                          std::string_view text) {
    const std::size_t end = text.find_first_of(" \t=");
    if (end != std::string_view::npos && text[end] != '=') {
        return {{std::string(text.substr(0, end)), std::string(base::trim(text.substr(end)))}};
    }
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& word : split_words(name, text)) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            refuse(name, "'" + base::printable(word) + "' is not of the form NAME=VALUE");
        }
        pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return pairs;
}

void add_unique(Words& list, const std::string& word) {
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

void change_cmd(Config& config, std::string_view text) {
    config.cmd = command_words(config, text);
}

void change_entrypoint(Config& config, std::string_view text) {
    config.entrypoint = command_words(config, text);
}

void change_env(Config& config, std::string_view text) {
    for (const auto& [key, value] : pairs_of("ENV", text)) {
        const std::string prefix = key + "=";
        const auto same =
            std::find_if(config.env.begin(), config.env.end(), [&](const std::string& entry) {
                return entry.compare(0, prefix.size(), prefix) == 0;
            });
        if (same == config.env.end()) {
            config.env.push_back(prefix + value);
        } else {
            *same = prefix + value;
        }
    }
}

void change_label(Config& config, std::string_view text) {
    for (const auto& [key, value] : pairs_of("LABEL", text))
        config.labels[key] = value;
}

/// "80", "80/udp", "8000-8010/tcp".
void change_expose(Config& config, std::string_view text) {
    for (const auto& word : split_words("EXPOSE", text)) {
        const std::size_t slash = word.find('/');
        const std::string protocol =
            slash == std::string::npos ? "tcp" : base::to_lower(word.substr(slash + 1));
        const auto range = base::split(word.substr(0, slash), '-');
        const auto first = base::parse_number(range.front(), 65535);
        const auto last = base::parse_number(range.back(), 65535);
        const bool known = protocol == "tcp" || protocol == "udp" || protocol == "sctp";
        if (!first || !last || *first == 0 || *first > *last || range.size() > 2 || !known) {
            refuse("EXPOSE", "'" + base::printable(word) + "' is not a port");
        }
        for (auto port = *first; port <= *last; ++port) {
            add_unique(config.exposed_ports, std::to_string(port) + "/" + protocol);
        }
    }
}

void change_volume(Config& config, std::string_view text) {
    const auto words = json_words(text).value_or(split_words("VOLUME", text));
    for (const auto& word : words) {
        if (word.empty() || word[0] != '/') {
            refuse("VOLUME", "'" + base::printable(word) + "' is not an absolute path");
        }
        add_unique(config.volumes, word);
    }
}

void change_workdir(Config& config, std::string_view text) {
    const auto words = split_words("WORKDIR", text);
    if (words.size() != 1) refuse("WORKDIR", "it needs one path");
    if (words[0][0] == '/') {
        config.working_dir = words[0];
    } else {
        const std::string from = config.working_dir.empty() ? "/" : config.working_dir;
        config.working_dir = from + (from.back() == '/' ? "" : "/") + words[0];
    }
}

void change_user(Config& config, std::string_view text) {
    const auto words = split_words("USER", text);
    if (words.size() != 1) refuse("USER", "it needs one user, or user:group");
    config.user = words[0];
}

void change_stop_signal(Config& config, std::string_view text) {
    const auto words = split_words("STOPSIGNAL", text);
    if (words.size() != 1) refuse("STOPSIGNAL", "it needs one signal");
    config.stop_signal = words[0];
}

void change_on_build(Config& config, std::string_view text) {
    const std::string word = base::to_lower(text.substr(0, text.find_first_of(" \t")));
    if (word.empty() || word == "onbuild" || word == "from" || word == "maintainer") {
        refuse("ONBUILD", "'" + base::printable(text) + "' can't be done at a build");
    }
    config.on_build.emplace_back(text);
}

using Change = void (*)(Config&, std::string_view);

constexpr std::array kChanges{
    std::pair<std::string_view, Change>{"cmd", change_cmd},
    std::pair<std::string_view, Change>{"entrypoint", change_entrypoint},
    std::pair<std::string_view, Change>{"env", change_env},
    std::pair<std::string_view, Change>{"expose", change_expose},
    std::pair<std::string_view, Change>{"label", change_label},
    std::pair<std::string_view, Change>{"onbuild", change_on_build},
    std::pair<std::string_view, Change>{"stopsignal", change_stop_signal},
    std::pair<std::string_view, Change>{"user", change_user},
    std::pair<std::string_view, Change>{"volume", change_volume},
    std::pair<std::string_view, Change>{"workdir", change_workdir},
};

} // namespace

void apply_change(Config& config, std::string_view change) {
    change = base::trim(change);
    if (change.size() > kMaxChange) refuse("...", "it is too long");
    const std::size_t end = std::min(change.find_first_of(" \t"), change.size());
    const std::string name = base::to_lower(change.substr(0, end));
    const std::string_view text = base::trim(change.substr(end));
    for (const auto& [known, apply] : kChanges) {
        if (name != known) continue;
        const bool may_be_empty = name == "cmd" || name == "entrypoint";
        if (text.empty() && !may_be_empty) refuse(name, "it needs an argument");
        return apply(config, text);
    }
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(name.substr(0, 40)) +
                    "' is no change; known are CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, "
                    "STOPSIGNAL, USER, VOLUME and WORKDIR");
}

} // namespace berth::image
