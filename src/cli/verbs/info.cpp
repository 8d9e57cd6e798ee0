// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "go_functions.hpp"
#include "list.hpp"
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

// "storage_driver" is "Storage Driver" for people.
std::string title(std::string key) {
    bool start = true;
    for (char& c : key) {
        if (c == '_') c = ' ';
        if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        start = c == ' ';
    }
    return key;
}

void print_tree(const nlohmann::json& value, int depth) {
    const std::string indent(static_cast<std::size_t>(depth), ' ');
    for (const auto& [key, item] : value.items()) {
        const std::string name = value.is_object() ? title(key) : "-";
        if (item.is_structured() && !item.empty() &&
            (item.is_object() || item.front().is_structured())) {
            std::printf("%s%s:\n", indent.c_str(), name.c_str());
            print_tree(item, depth + 1);
        } else if (item.is_array()) {
            std::string words;
            for (const auto& word : item)
                words += " " + go::printed(word);
            std::printf("%s%s:%s\n", indent.c_str(), name.c_str(), safe_output(words).c_str());
        } else {
            std::printf("%s%s: %s\n", indent.c_str(), name.c_str(),
                        safe_output(go::printed(item)).c_str());
        }
    }
}

} // namespace

int info(Client& client, const Arguments& arguments) {
    std::string format;
    Options options("info", "", "Show what berth runs on and how it is set up");
    options.value("-f,--format", "FORMAT", format, "json or a Go template");
    if (!options.parse(arguments)) return 0;
    const auto object = to_json(client.manager("Info", bus::Dict()).read<bus::Dict>());
    if (format.empty())
        print_tree(object, 0);
    else
        print_formatted(object, format);
    return 0;
}

} // namespace berth::cli
