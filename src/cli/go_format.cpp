// SPDX-License-Identifier: LGPL-2.1-or-later
#include "go_functions.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include <berth/error.hpp>

namespace berth::cli::go {
namespace {

constexpr std::size_t kMaxWidth = 4096;

struct Verb {
    std::string flags;
    std::size_t width = 0;
    int precision = -1;
    char letter = 'v';
};

// Reads what stands behind '%' at `at` and moves it behind the letter.
Verb read_verb(const std::string& format, std::size_t& at) {
    Verb verb;
    const auto number = [&] {
        std::size_t value = 0;
        while (at < format.size() && format[at] >= '0' && format[at] <= '9')
            value = std::min(kMaxWidth, value * 10 + static_cast<std::size_t>(format[at++] - '0'));
        return value;
    };
    while (at < format.size() && std::string_view("-+0 #").find(format[at]) != std::string::npos)
        verb.flags += format[at++];
    verb.width = number();
    if (at < format.size() && format[at] == '.') {
        ++at;
        verb.precision = static_cast<int>(std::min<std::size_t>(number(), 64));
    }
    if (at < format.size()) verb.letter = format[at++];
    return verb;
}

std::string real(const Verb& verb, const nlohmann::json& value) {
    std::array<char, 512> text{};
    const double number = value.is_number() ? value.get<double>() : 0;
    const char* format = verb.letter == 'f' ? "%.*f" : verb.letter == 'e' ? "%.*e" : "%.*g";
    std::snprintf(text.data(), text.size(), format, verb.precision < 0 ? 6 : verb.precision,
                  number);
    return text.data();
}

std::string whole(const Verb& verb, const nlohmann::json& value) {
    if (!value.is_number_integer())
        return "%!" + std::string(1, verb.letter) + "(" + printed(value) + ")";
    if (verb.letter == 'd') {
        const bool plus = verb.flags.find('+') != std::string::npos &&
                          (value.is_number_unsigned() || value.get<std::int64_t>() >= 0);
        return (plus ? "+" : "") + value.dump();
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), verb.letter == 'X' ? "%llX" : "%llx",
                  static_cast<unsigned long long>(value.get<std::int64_t>()));
    return text.data();
}

std::string one(const Verb& verb, const nlohmann::json& value) {
    switch (verb.letter) {
    case 'd':
    case 'x':
    case 'X':
        return whole(verb, value);
    case 'f':
    case 'e':
    case 'g':
        return real(verb, value);
    case 'q':
        return nlohmann::json(printed(value))
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    case 'v':
    case 's':
    case 't': {
        std::string text = printed(value);
        if (verb.letter == 's' && verb.precision >= 0)
            text.resize(std::min(text.size(), static_cast<std::size_t>(verb.precision)));
        return text;
    }
    default:
        throw Error(ErrorCode::InvalidArgument,
                    std::string("printf: unknown verb %") + verb.letter);
    }
}

std::string padded(const Verb& verb, std::string text) {
    const std::size_t width = display_width(text);
    if (width >= verb.width) return text;
    const std::size_t missing = verb.width - width;
    if (verb.flags.find('-') != std::string::npos) return text + std::string(missing, ' ');
    const bool zeros = verb.flags.find('0') != std::string::npos && verb.letter != 's';
    return std::string(missing, zeros ? '0' : ' ') + text;
}

} // namespace

std::string formatted(const std::vector<nlohmann::json>& args) {
    if (args.empty() || !args[0].is_string())
        throw Error(ErrorCode::InvalidArgument, "printf: its first argument must be a text");
    const auto& format = args[0].get_ref<const std::string&>();
    std::string text;
    std::size_t used = 1;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] != '%') {
            text += format[at++];
            continue;
        }
        ++at;
        if (at < format.size() && format[at] == '%') {
            text += format[at++];
            continue;
        }
        const Verb verb = read_verb(format, at);
        text += used < args.size() ? padded(verb, one(verb, args[used++]))
                                   : std::string("%!") + verb.letter + "(MISSING)";
    }
    return text;
}

} // namespace berth::cli::go
