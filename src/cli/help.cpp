// SPDX-License-Identifier: LGPL-2.1-or-later
#include "help.hpp"

#include "terminal.hpp"

#include <algorithm>
#include <sstream>

namespace berth::cli {
namespace {

constexpr std::size_t kLeft = 28; // where the right column starts

std::string flag_column(const Option& option) {
    std::string text = option.short_name.empty() ? "    " : option.short_name;
    if (!option.short_name.empty() && !option.long_name.empty()) text += ", ";
    text += option.long_name;
    if (!option.value.empty()) text += " " + option.value;
    return "  " + text;
}

std::string line_of(const Option& option, unsigned columns) {
    std::string line = flag_column(option);
    if (line.size() + 2 > kLeft) {
        line += "\n" + std::string(kLeft, ' ');
    } else {
        line.resize(kLeft, ' ');
    }
    const std::string help = option.help + (option.on_by_default ? " (default true)" : "");
    return line + fold(help, std::max<unsigned>(columns, kLeft + 20) - kLeft, kLeft) + "\n";
}

} // namespace

std::string fold(const std::string& text, unsigned columns, unsigned indent) {
    std::istringstream words(text);
    std::string folded;
    std::string word;
    std::size_t used = 0;
    while (words >> word) {
        if (used > 0 && used + 1 + word.size() > columns) {
            folded += "\n" + std::string(indent, ' ');
            used = 0;
        } else if (used > 0) {
            folded += ' ';
            ++used;
        }
        folded += word;
        used += word.size();
    }
    return folded;
}

std::string render_help(const HelpPage& page, unsigned columns) {
    std::string text = "Usage: berth " + page.command;
    if (!page.options.empty()) text += " [OPTIONS]";
    if (!page.arguments.empty()) text += " " + page.arguments;
    text += "\n\n" + fold(page.summary, columns, 0) + "\n";
    std::vector<std::string> groups;
    for (const auto& option : page.options) {
        if (std::find(groups.begin(), groups.end(), option.group) == groups.end())
            groups.push_back(option.group);
    }
    for (const auto& group : groups) {
        text += "\n" + (group.empty() ? std::string("Options") : group) + ":\n";
        for (const auto& option : page.options) {
            if (option.group == group && !option.hidden) text += line_of(option, columns);
        }
    }
    if (!page.note.empty()) text += "\n" + page.note + "\n";
    return text;
}

unsigned help_columns() {
    const auto size = terminal_size(1);
    return size ? std::clamp(size->columns, 60U, 120U) : 100;
}

std::vector<Option>& listed_flags() {
    static std::vector<Option> flags;
    return flags;
}

} // namespace berth::cli
