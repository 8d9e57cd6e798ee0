// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include "help.hpp"

#include <cstdio>
#include <utility>

#include <CLI/CLI.hpp>
#include <base/strings.hpp>

namespace berth::cli {
namespace {

// CLI11 reads "--flag=" as "the value follows" and "[a,b]" as a list. A trailing mark, taken off
// again from everything it returns, keeps both as they are.
constexpr char kMark = '\x01';

std::string marked(const std::string& argument) {
    const bool needs_mark =
        argument.ends_with('=') || (argument.starts_with('[') && argument.ends_with(']'));
    return needs_mark ? argument + kMark : argument;
}

std::string unmarked(std::string text) {
    if (text.ends_with(kMark)) text.pop_back();
    return text;
}

std::vector<std::string> unmarked(std::vector<std::string> texts) {
    for (auto& text : texts)
        text = unmarked(std::move(text));
    return texts;
}

bool is_flag(const std::string& text) {
    return text.size() > 1 && text[0] == '-' && text != "--";
}

std::string first_name(const Option& option) {
    return option.long_name.empty() ? option.short_name : option.long_name;
}

} // namespace

struct Options::Parser {
    CLI::App app;
    std::vector<std::pair<CLI::Option*, Setter>> setters;
    CLI::Option* arguments = nullptr;
    CLI::Option* help = nullptr;
};

Options::Options(std::string command, std::string arguments, std::string summary)
    : command_(std::move(command)), arguments_(std::move(arguments)), summary_(std::move(summary)),
      parser_(std::make_unique<Parser>()) {
    parser_->app.set_help_flag();
    parser_->help = parser_->app.add_flag("--help");
}

Options::~Options() = default;

void Options::add(const std::string& names, std::string meta, std::string help, bool many,
                  Setter set) {
    Option option{{}, {}, std::move(meta), std::move(help), group_};
    for (const auto& name : base::split(names, ',')) {
        std::string& slot = name.starts_with("--") ? option.long_name : option.short_name;
        if (slot.empty()) slot = name;
    }
    CLI::Option* parsed = nullptr;
    if (option.value.empty()) {
        parsed = parser_->app.add_flag(names);
        parsed->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else {
        parsed = parser_->app.add_option(names);
        parsed->expected(1)->allow_extra_args(false);
        parsed->multi_option_policy(many ? CLI::MultiOptionPolicy::TakeAll
                                         : CLI::MultiOptionPolicy::TakeLast);
    }
    parser_->setters.emplace_back(parsed, std::move(set));
    list_.push_back(std::move(option));
}

void Options::flag(const std::string& names, bool& target, std::string help) {
    const std::string shown = names;
    add(names, {}, std::move(help), false, [&target, shown](const auto& values) {
        const auto truth = parse_bool(values.back());
        if (!truth)
            throw UsageError("invalid value '" + base::printable(values.back()) + "' for " + shown +
                             ": it takes true or false");
        target = *truth;
    });
    list_.back().on_by_default = target;
}

void Options::value(const std::string& names, std::string meta, std::optional<std::string>& target,
                    std::string help) {
    add(names, std::move(meta), std::move(help), false,
        [&target](const auto& values) { target = values.back(); });
}

void Options::value(const std::string& names, std::string meta, std::string& target,
                    std::string help) {
    add(names, std::move(meta), std::move(help), false,
        [&target](const auto& values) { target = values.back(); });
}

void Options::number(const std::string& names, std::string meta,
                     std::optional<std::uint64_t>& target, std::string help) {
    const std::string shown = names;
    add(names, std::move(meta), std::move(help), false, [&target, shown](const auto& values) {
        target = base::parse_number(values.back(), UINT32_MAX);
        if (!target)
            throw UsageError("invalid value '" + base::printable(values.back()) + "' for " + shown +
                             ": it takes a whole number");
    });
}

void Options::list(const std::string& names, std::string meta, std::vector<std::string>& target,
                   std::string help) {
    add(names, std::move(meta), std::move(help), true,
        [&target](const auto& values) { target = values; });
}

void Options::refused(const std::string& names, std::string meta, const std::string& why) {
    add(names, std::move(meta), "", true, [names, why](const auto&) {
        throw UsageError(base::split(names, ',').back() + " can't be used: " + why);
    });
    hide();
}

void Options::accepted(const std::string& names) {
    flag(names, nothing_, "");
    hide();
}

void Options::group(std::string title) {
    group_ = std::move(title);
}

void Options::hide() {
    list_.back().hidden = true;
}

void Options::note(std::string text) {
    note_ = std::move(text);
}

void Options::stop_at_first_argument() {
    stop_at_first_ = true;
}

void Options::need(std::size_t least, std::size_t most) {
    least_ = least;
    most_ = most;
}

std::optional<std::vector<std::string>> Options::parse(const std::vector<std::string>& arguments) {
    if (!arguments.empty() && arguments[0] == kListFlags) {
        listed_flags() = list_;
        return std::nullopt;
    }
    auto& app = parser_->app;
    if (stop_at_first_) {
        app.prefix_command();
    } else {
        app.allow_extras();
        parser_->arguments = app.add_option("arguments")->expected(1)->allow_extra_args();
        parser_->arguments->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    std::vector<std::string> reversed;
    for (auto at = arguments.rbegin(); at != arguments.rend(); ++at)
        reversed.push_back(marked(*at));
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ArgumentMismatch& mismatch) {
        const std::string text = mismatch.what();
        throw UsageError("flag needs an argument: " + text.substr(0, text.find(':')));
    } catch (const CLI::ParseError& error) {
        throw UsageError(error.what());
    }
    if (parser_->help->count() > 0) {
        std::fputs(help_text(help_columns()).c_str(), stdout);
        return std::nullopt;
    }
    auto rest = unmarked(app.remaining());
    if (!rest.empty() && is_flag(rest.front())) throw UsageError(unknown_flag(rest.front()));
    if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
    for (const auto& [option, set] : parser_->setters) {
        if (option->count() > 0) set(unmarked(option->results()));
    }
    if (!stop_at_first_) rest = unmarked(parser_->arguments->results());
    check_count(rest);
    return rest;
}

void Options::check_count(const std::vector<std::string>& arguments) const {
    if (arguments.size() >= least_ && arguments.size() <= most_) return;
    const auto counted = [](std::size_t n) {
        return std::to_string(n) + (n == 1 ? " argument" : " arguments");
    };
    std::string wanted = "requires at least " + counted(least_);
    if (most_ == 0)
        wanted = "accepts no arguments";
    else if (least_ == most_)
        wanted = "requires exactly " + counted(least_);
    else if (arguments.size() > most_)
        wanted = "requires at most " + counted(most_);
    throw UsageError("'berth " + command_ + "' " + wanted + "\nUsage: berth " + command_ + " " +
                         arguments_,
                     UsageError::kBadArguments);
}

std::string Options::unknown_flag(const std::string& flag) const {
    const std::string name = flag.substr(0, flag.find('='));
    std::string message = "unknown flag: " + base::printable(name);
    if (!name.starts_with("--"))
        message = "unknown shorthand flag: '" + base::printable(name.substr(1, 1)) + "' in " +
                  base::printable(name);
    std::vector<std::string> known;
    for (const auto& option : list_) {
        if (!option.hidden) known.push_back(first_name(option));
    }
    const auto close = name.starts_with("--") ? nearest(name, known) : std::vector<std::string>{};
    if (!close.empty()) message += "\nDid you mean " + close.front() + "?";
    return message;
}

std::string Options::help_text(unsigned columns) const {
    return render_help({command_, arguments_, summary_, note_, list_}, columns);
}

} // namespace berth::cli
