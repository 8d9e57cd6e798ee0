// SPDX-License-Identifier: LGPL-2.1-or-later
#include "go_functions.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli::go {
namespace {

using Json = nlohmann::json;
using Args = std::vector<Json>;

[[noreturn]] void fail(const std::string& message) {
    throw Error(ErrorCode::InvalidArgument, "template: " + message);
}

const Json& at(const Args& args, std::size_t index, const char* function) {
    if (index >= args.size())
        fail("wrong number of arguments for " + std::string(function) + ": " +
             std::to_string(args.size()));
    return args[index];
}

std::string text_at(const Args& args, std::size_t index, const char* function) {
    const Json& value = at(args, index, function);
    return value.is_string() ? value.get<std::string>() : printed(value);
}

std::size_t count_at(const Args& args, std::size_t index, const char* function) {
    const Json& value = at(args, index, function);
    if (!value.is_number_integer() || value.get<std::int64_t>() < 0)
        fail(std::string(function) + ": '" + printed(value) + "' is no count");
    return value.get<std::size_t>();
}

std::string as_json(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json index(const Args& args) {
    Json value = at(args, 0, "index");
    for (std::size_t i = 1; i < args.size(); ++i) {
        if (value.is_object()) {
            const auto found = value.find(printed(args[i]));
            value = found == value.end() ? Json() : Json(*found);
        } else if (value.is_array() || value.is_string()) {
            const std::size_t position = count_at(args, i, "index");
            if (position >=
                (value.is_array() ? value.size() : value.get_ref<const std::string&>().size()))
                fail("index out of range: " + std::to_string(position));
            value = value.is_array() ? Json(value[position])
                                     : Json(static_cast<unsigned char>(
                                           value.get_ref<const std::string&>()[position]));
        } else if (value.is_null()) {
            return nullptr;
        } else {
            fail("can't index " + printed(value));
        }
    }
    return value;
}

Json slice(const Args& args) {
    const Json& value = at(args, 0, "slice");
    const std::size_t size =
        value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
    const std::size_t first = args.size() > 1 ? count_at(args, 1, "slice") : 0;
    const std::size_t last = args.size() > 2 ? count_at(args, 2, "slice") : size;
    if (first > last || last > size) fail("slice: out of range");
    if (value.is_string()) return value.get_ref<const std::string&>().substr(first, last - first);
    if (!value.is_array()) fail("slice: can't cut " + printed(value));
    return Json(Json::array_t(value.begin() + static_cast<std::ptrdiff_t>(first),
                              value.begin() + static_cast<std::ptrdiff_t>(last)));
}

Json length(const Args& args) {
    const Json& value = at(args, 0, "len");
    if (value.is_string()) return value.get_ref<const std::string&>().size();
    if (value.is_array() || value.is_object() || value.is_null()) return value.size();
    fail("len of " + printed(value));
}

// <0, 0, >0
int compare(const Json& a, const Json& b) {
    const bool comparable = (a.is_number() && b.is_number()) || (a.is_string() && b.is_string());
    if (!comparable) fail("incompatible types for comparison");
    if (a == b) return 0;
    return a < b ? -1 : 1;
}

Json equal(const Args& args) {
    const Json& first = at(args, 0, "eq");
    static_cast<void>(at(args, 1, "eq"));
    return std::any_of(args.begin() + 1, args.end(),
                       [&](const Json& other) { return first == other; });
}

Json ordered(const Args& args, const char* name) {
    const int order = compare(at(args, 0, name), at(args, 1, name));
    switch (name[0]) {
    case 'l':
        return name[1] == 't' ? order < 0 : order <= 0;
    default:
        return name[1] == 't' ? order > 0 : order >= 0;
    }
}

Json join(const Args& args) {
    const Json& list = at(args, 0, "join");
    const std::string separator = text_at(args, 1, "join");
    if (list.is_null()) return "";
    if (!list.is_array()) fail("join: '" + printed(list) + "' is no list");
    std::vector<std::string> parts;
    for (const auto& item : list)
        parts.push_back(printed(item));
    return base::join(parts, separator);
}

Json split(const Args& args) {
    const std::string text = text_at(args, 0, "split");
    const std::string separator = text_at(args, 1, "split");
    Json parts = Json::array();
    if (separator.empty()) {
        for (const char c : text)
            parts.push_back(std::string(1, c));
        return parts;
    }
    std::size_t start = 0;
    for (;;) {
        const std::size_t next = text.find(separator, start);
        parts.push_back(text.substr(start, next - start));
        if (next == std::string::npos) return parts;
        start = next + separator.size();
    }
}

Json upper(const Args& args) {
    std::string text = text_at(args, 0, "upper");
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

Json title(const Args& args) {
    std::string text = text_at(args, 0, "title");
    bool start = true;
    for (char& c : text) {
        if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        start = c == ' ';
    }
    return text;
}

Json pad(const Args& args) {
    const std::string text = text_at(args, 0, "pad");
    if (text.empty()) return text;
    const auto spaces = [&](std::size_t i) {
        return std::string(std::min<std::size_t>(count_at(args, i, "pad"), 4096), ' ');
    };
    return spaces(1) + text + spaces(2);
}

Json truncate(const Args& args) {
    const std::string text = text_at(args, 0, "truncate");
    return text.substr(0, count_at(args, 1, "truncate"));
}

Json print(const Args& args, bool line) {
    std::string text;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (i > 0 && (line || (!args[i].is_string() && !args[i - 1].is_string()))) text += ' ';
        text += printed(args[i]);
    }
    return line ? text + "\n" : text;
}

Json html(const Args& args) {
    std::string safe;
    for (const char c : text_at(args, 0, "html")) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&#34;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

Json urlquery(const Args& args) {
    static constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string safe;
    for (const char c : text_at(args, 0, "urlquery")) {
        const auto byte = static_cast<unsigned char>(c);
        if (kPlain.find(c) != std::string_view::npos)
            safe += c;
        else if (c == ' ')
            safe += '+';
        else
            safe += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
    return safe;
}

using Function = Json (*)(const Args&);

const std::map<std::string, Function>& functions() {
    static const std::map<std::string, Function> table = {
        {"not", [](const Args& a) { return Json(!truth(at(a, 0, "not"))); }},
        {"eq", equal},
        {"ne", [](const Args& a) { return Json(at(a, 0, "ne") != at(a, 1, "ne")); }},
        {"lt", [](const Args& a) { return ordered(a, "lt"); }},
        {"le", [](const Args& a) { return ordered(a, "le"); }},
        {"gt", [](const Args& a) { return ordered(a, "gt"); }},
        {"ge", [](const Args& a) { return ordered(a, "ge"); }},
        {"index", index},
        {"slice", slice},
        {"len", length},
        {"json", [](const Args& a) { return Json(as_json(at(a, 0, "json"))); }},
        {"join", join},
        {"split", split},
        {"lower", [](const Args& a) { return Json(base::to_lower(text_at(a, 0, "lower"))); }},
        {"upper", upper},
        {"title", title},
        {"pad", pad},
        {"truncate", truncate},
        {"print", [](const Args& a) { return print(a, false); }},
        {"println", [](const Args& a) { return print(a, true); }},
        {"printf", [](const Args& a) { return Json(formatted(a)); }},
        {"html", html},
        {"js", [](const Args& a) { return Json(as_json(text_at(a, 0, "js"))); }},
        {"urlquery", urlquery},
    };
    return table;
}

std::string printed_list(const Json& value) {
    std::string text;
    for (const auto& item : value)
        text += (text.empty() ? "" : " ") + printed(item);
    return "[" + text + "]";
}

std::string printed_map(const Json& value) {
    std::string text;
    for (const auto& [key, item] : value.items())
        text += (text.empty() ? "" : " ") + key + ":" + printed(item);
    return "map[" + text + "]";
}

} // namespace

bool is_function(const std::string& name) {
    return name == "and" || name == "or" || functions().contains(name);
}

Json call(const std::string& name, const Args& args) {
    return functions().at(name)(args);
}

bool truth(const Json& value) {
    if (value.is_boolean()) return value.get<bool>();
    if (value.is_number()) return value.get<double>() != 0;
    if (value.is_string()) return !value.get_ref<const std::string&>().empty();
    return !value.empty();
}

std::string printed(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return "<no value>";
    if (value.is_array()) return printed_list(value);
    if (value.is_object()) return printed_map(value);
    return value.dump();
}

} // namespace berth::cli::go
