// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json_view.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::base {

using Json = nlohmann::json;

Json parse_json(std::string_view text, std::size_t limit, const std::string& what, ErrorCode code) {
    if (text.size() > limit) {
        throw Error(code, what + " is larger than the " + std::to_string(limit) + " bytes allowed");
    }
    const auto bounded = [&](int depth, Json::parse_event_t, const Json&) {
        if (depth > kJsonDepth) throw Error(code, what + " is nested too deeply");
        return true;
    };
    try {
        return Json::parse(text.begin(), text.end(), bounded);
    } catch (const Json::exception& error) {
        // Its own number for the error comes first, in brackets.
        const std::string_view said = error.what();
        const std::size_t words = said.find("] ");
        throw Error(code, what + " is not JSON: " +
                              printable(words == said.npos ? said : said.substr(words + 2, 200)));
    }
}

JsonView::JsonView(const Json& value, std::string where, ErrorCode code)
    : value_(&value), where_(std::move(where)), code_(code) {
    if (!value.is_object()) throw Error(code_, where_ + " is not a JSON object");
}

const Json* JsonView::find(const char* key) const {
    const auto found = value_->find(key);
    return found == value_->end() || found->is_null() ? nullptr : &*found;
}

std::string JsonView::path(const char* key) const {
    return where_ + "." + key;
}

void JsonView::fail(const char* key, const std::string& why) const {
    throw Error(code_, path(key) + " " + why);
}

bool JsonView::has(const char* key) const {
    return find(key) != nullptr;
}

std::string JsonView::text(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) fail(key, "is not a string");
    return value->get<std::string>();
}

std::string JsonView::required_text(const char* key) const {
    std::string value = text(key);
    if (value.empty()) fail(key, "is missing");
    return value;
}

bool JsonView::flag(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) fail(key, "is neither true nor false");
    return value->get<bool>();
}

std::uint64_t JsonView::number(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number_unsigned()) fail(key, "is not a number from zero up");
    return value->get<std::uint64_t>();
}

std::vector<std::string> JsonView::texts(const char* key) const {
    const Json* value = find(key);
    std::vector<std::string> all;
    if (value == nullptr) return all;
    if (!value->is_array()) fail(key, "is not a list");
    for (const auto& element : *value) {
        if (!element.is_string()) fail(key, "is not a list of strings");
        all.push_back(element.get<std::string>());
    }
    return all;
}

std::map<std::string, std::string> JsonView::text_map(const char* key) const {
    const Json* value = find(key);
    std::map<std::string, std::string> all;
    if (value == nullptr) return all;
    if (!value->is_object()) fail(key, "is not an object");
    for (const auto& [name, element] : value->items()) {
        if (!element.is_string()) fail(key, "has a value that is not a string");
        all.emplace(name, element.get<std::string>());
    }
    return all;
}

std::vector<std::string> JsonView::keys_of(const char* key) const {
    const Json* value = find(key);
    std::vector<std::string> all;
    if (value == nullptr) return all;
    if (!value->is_object()) fail(key, "is not an object");
    for (const auto& [name, element] : value->items())
        all.push_back(name);
    return all;
}

Digest JsonView::digest(const char* key) const {
    const std::string value = required_text(key);
    try {
        return Digest(value);
    } catch (const Error&) {
        fail(key, "is not a digest of the form sha256:<64 hexadecimal digits>");
    }
}

JsonView JsonView::object(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) fail(key, "is missing");
    return {*value, path(key), code_};
}

std::vector<JsonView> JsonView::objects(const char* key, std::size_t limit) const {
    const Json* value = find(key);
    std::vector<JsonView> all;
    if (value == nullptr) return all;
    if (!value->is_array()) fail(key, "is not a list");
    if (value->size() > limit) {
        fail(key, "has " + std::to_string(value->size()) + " entries, the limit is " +
                      std::to_string(limit));
    }
    for (std::size_t at = 0; at < value->size(); ++at) {
        all.emplace_back((*value)[at], path(key) + "[" + std::to_string(at) + "]", code_);
    }
    return all;
}

void JsonView::only(std::initializer_list<std::string_view> known) const {
    for (const auto& [name, element] : value_->items()) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw Error(code_,
                        where_ + " has an unknown member '" + printable(name).substr(0, 80) + "'");
        }
    }
}

void check_settings(std::string_view json, const std::string& table,
                    std::initializer_list<std::string_view> known) {
    constexpr std::size_t kLimit = 1U << 20U;
    const Json settings =
        parse_json(json.empty() ? "{}" : json, kLimit, table, ErrorCode::InvalidArgument);
    JsonView(settings, table, ErrorCode::InvalidArgument).only(known);
}

} // namespace berth::base
