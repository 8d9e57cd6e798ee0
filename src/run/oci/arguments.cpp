// SPDX-License-Identifier: LGPL-2.1-or-later
#include "arguments.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, why);
}

using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

class Parser {
  public:
    Parser(std::span<const Option> known, const std::vector<std::string>& words)
        : known_(known), words_(words) {}

    [[nodiscard]] bool at_end() const noexcept { return at_ >= words_.size(); }
    const std::string& take() { return words_[at_++]; }

    /// One word that begins with a dash and is not a dash alone.
    void option(const std::string& word, Values& values) {
        const auto dashes = word[1] == '-' ? 2U : 1U;
        const auto equals = word.find('=');
        const auto name =
            word.substr(dashes, equals == std::string::npos ? equals : equals - dashes);
        if (const auto* found = by_name(name)) {
            const bool attached = equals != std::string::npos;
            add(*found, attached, attached ? word.substr(equals + 1) : "", values);
        } else if (dashes == 1) {
            letters(word, values);
        } else {
            refuse("unknown option '--" + base::printable(name.substr(0, 64)) + "'");
        }
    }

  private:
    [[nodiscard]] const Option* by_name(std::string_view name) const {
        const auto found = std::find_if(known_.begin(), known_.end(), [&](const Option& option) {
            return option.name == name && name.size() > 1;
        });
        return found == known_.end() ? nullptr : &*found;
    }

    [[nodiscard]] const Option& by_letter(char letter) const {
        const auto found = std::find_if(known_.begin(), known_.end(), [&](const Option& option) {
            return option.letter == letter && letter != 0;
        });
        if (found == known_.end()) {
            refuse("unknown option '-" + base::printable(std::string(1, letter)) + "'");
        }
        return *found;
    }

    /// "-td", "-u1000", "-u=1000"
    void letters(const std::string& word, Values& values) {
        for (std::size_t index = 1; index < word.size(); ++index) {
            const auto& option = by_letter(word[index]);
            auto tail = word.substr(index + 1);
            if (option.value.empty()) {
                values[std::string(option.name)] = {"true"};
                continue;
            }
            const bool attached = !tail.empty();
            if (attached && tail.front() == '=') tail.erase(0, 1);
            return add(option, attached, tail, values);
        }
    }

    void add(const Option& option, bool attached, std::string value, Values& values) {
        const std::string name(option.name);
        if (option.value.empty()) {
            if (attached && value != "true" && value != "false") {
                refuse("option '--" + name + "' is on or off: it takes true or false");
            }
            values[name] = {attached ? value : "true"};
            return;
        }
        if (!attached) {
            if (at_end()) refuse("option '--" + name + "' needs a value");
            value = take();
        }
        values[name].push_back(std::move(value));
    }

    std::span<const Option> known_;
    const std::vector<std::string>& words_;
    std::size_t at_ = 0;
};

} // namespace

Arguments Arguments::parse(std::span<const Option> known, const std::vector<std::string>& words,
                           Order order) {
    Arguments result;
    Parser parser(known, words);
    bool options = true;
    while (!parser.at_end()) {
        const auto& word = parser.take();
        if (options && word == "--") {
            options = false;
        } else if (options && word.size() > 1 && word.front() == '-') {
            parser.option(word, result.values_);
        } else {
            result.rest_.push_back(word);
            if (order == Order::OptionsFirst) options = false;
        }
    }
    return result;
}

bool Arguments::has(std::string_view name) const {
    return values_.find(name) != values_.end();
}

bool Arguments::is_on(std::string_view name) const {
    return text(name) == "true";
}

std::string Arguments::text(std::string_view name, std::string_view fallback) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<std::uint64_t> Arguments::number(std::string_view name, std::uint64_t limit) const {
    if (!has(name)) return std::nullopt;
    const auto value = base::parse_number(text(name), limit);
    if (!value) {
        refuse("'" + text(name).substr(0, 64) + "' for --" + std::string(name) +
               " is not a whole number up to " + std::to_string(limit));
    }
    return value;
}

std::optional<std::int64_t> Arguments::signed_number(std::string_view name) const {
    if (text(name) == "-1") return -1;
    const auto value = number(name, INT64_MAX);
    if (!value) return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

const std::string& Arguments::only(std::string_view what) const {
    if (rest_.empty()) refuse("the " + std::string(what) + " is missing");
    if (rest_.size() > 1) {
        refuse("'" + base::printable(rest_[1].substr(0, 64)) + "' is one argument too many");
    }
    return rest_.front();
}

} // namespace berth::run::oci
