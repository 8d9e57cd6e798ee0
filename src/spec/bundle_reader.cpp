// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_reader.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::spec {

namespace {

std::string checked_text(const nlohmann::json& value, const Reader& reader, const char* key) {
    if (!value.is_string()) reader.fail(key, "must be a string");
    auto text = value.get<std::string>();
    if (text.find('\0') != std::string::npos) reader.fail(key, "must not contain a zero byte");
    return text;
}

constexpr unsigned kMaxDepth = 64;

/// How deep lists and objects are nested, by a scan that is cheaper than the parser's callback.
unsigned nesting(std::string_view text) {
    unsigned depth = 0;
    unsigned deepest = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c == '\\') ++at;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            deepest = std::max(deepest, ++depth);
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return deepest;
}

} // namespace

Reader::Reader(const nlohmann::json& object, std::string where)
    : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) {
        throw Error(ErrorCode::InvalidArgument, where_ + ": must be an object");
    }
    if (object_.size() > kMaxElements) {
        throw Error(ErrorCode::InvalidArgument, where_ + ": has too many members");
    }
}

void Reader::fail(const char* key, const std::string& why) const {
    throw Error(ErrorCode::InvalidArgument, where_ + "." + key + ": " + why);
}

const nlohmann::json* Reader::find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const nlohmann::json* Reader::list(const char* key) const {
    const auto* value = find(key);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) fail(key, "must be a list");
    if (value->size() > kMaxElements) fail(key, "has too many elements");
    return value;
}

bool Reader::has(const char* key) const {
    return find(key) != nullptr;
}

std::optional<Reader> Reader::object(const char* key) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    return Reader(*value, where_ + "." + key);
}

std::string Reader::text(const char* key, const std::string& fallback) const {
    const auto* value = find(key);
    return value == nullptr ? fallback : checked_text(*value, *this, key);
}

std::string Reader::required_text(const char* key) const {
    if (!has(key)) fail(key, "is missing");
    return text(key);
}

bool Reader::boolean(const char* key) const {
    const auto* value = find(key);
    if (value == nullptr) return false;
    if (!value->is_boolean()) fail(key, "must be true or false");
    return value->get<bool>();
}

std::optional<std::uint64_t> Reader::number(const char* key, std::uint64_t limit) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_unsigned() || value->get<std::uint64_t>() > limit) {
        fail(key, "must be a whole number from 0 to " + std::to_string(limit));
    }
    return value->get<std::uint64_t>();
}

std::uint64_t Reader::required_number(const char* key, std::uint64_t limit) const {
    const auto value = number(key, limit);
    if (!value) fail(key, "is missing");
    return *value;
}

std::optional<std::int64_t> Reader::signed_number(const char* key, std::int64_t low,
                                                  std::int64_t high) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() ||
                       value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
    if (!fits || value->get<std::int64_t>() < low || value->get<std::int64_t>() > high) {
        fail(key,
             "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return value->get<std::int64_t>();
}

std::vector<std::string> Reader::texts(const char* key) const {
    std::vector<std::string> result;
    if (const auto* values = list(key)) {
        for (const auto& value : *values)
            result.push_back(checked_text(value, *this, key));
    }
    return result;
}

std::vector<std::uint32_t> Reader::numbers(const char* key) const {
    std::vector<std::uint32_t> result;
    if (const auto* values = list(key)) {
        for (const auto& value : *values) {
            if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX) {
                fail(key, "must be whole numbers below 2^32");
            }
            result.push_back(value.get<std::uint32_t>());
        }
    }
    return result;
}

std::map<std::string, std::string> Reader::text_map(const char* key) const {
    std::map<std::string, std::string> result;
    const auto* value = find(key);
    if (value == nullptr) return result;
    if (!value->is_object()) fail(key, "must be an object");
    if (value->size() > kMaxElements) fail(key, "has too many members");
    for (const auto& [name, member] : value->items())
        result[name] = checked_text(member, *this, key);
    return result;
}

void Reader::each_object(const char* key, const std::function<void(const Reader&)>& visit) const {
    const auto* values = list(key);
    if (values == nullptr) return;
    std::size_t index = 0;
    for (const auto& value : *values)
        visit(Reader(value, where_ + "." + key + "[" + std::to_string(index++) + "]"));
}

void Reader::each_member(
    const char* key, const std::function<void(const std::string&, const Reader&)>& visit) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (!value->is_object() || value->size() > kMaxElements) fail(key, "must be an object");
    for (const auto& [name, member] : value->items())
        visit(name, Reader(member, where_ + "." + key + "." + base::printable(name)));
}

nlohmann::json parse_document(std::string_view text, std::size_t limit, const std::string& where) {
    if (text.size() > limit) {
        throw Error(ErrorCode::InvalidArgument,
                    where + ": is larger than " + std::to_string(limit) + " bytes");
    }
    if (nesting(text) > kMaxDepth) {
        throw Error(ErrorCode::InvalidArgument, where + ": is nested too deeply");
    }
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::InvalidArgument,
                    where + ": is not valid JSON: " + base::printable(error.what()));
    }
}

} // namespace berth::spec
