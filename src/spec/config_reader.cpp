// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config_reader.hpp"

#include <base/strings.hpp>

namespace berth::spec {

namespace {

constexpr std::size_t kShown = 128;

void check_text(const std::string& key, std::string_view text) {
    const std::size_t limit = key == "security_opt" ? kMaxConfigProfile : kMaxConfigText;
    if (text.size() > limit) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + key + "' is longer than " + std::to_string(limit) + " bytes");
    }
    if (text.find('\0') != std::string_view::npos) {
        throw Error(ErrorCode::InvalidArgument, "'" + key + "' contains a null byte");
    }
}

void check_count(const std::string& key, std::size_t count) {
    if (count <= kMaxConfigEntries) return;
    throw Error(ErrorCode::InvalidArgument,
                "'" + key + "' has more than " + std::to_string(kMaxConfigEntries) + " entries");
}

} // namespace

Error bad_value(std::string_view flag, std::string_view value, std::string_view expected) {
    std::string shown = base::printable(value.substr(0, kShown));
    if (value.size() > kShown) shown += "...";
    return {ErrorCode::InvalidArgument, "invalid value '" + shown + "' for --" + std::string(flag) +
                                            ": " + std::string(expected)};
}

template <class T>
const T* ConfigReader::find(const std::string& key, const char* type) {
    read_.insert(key);
    const auto entry = config_.find(key);
    if (entry == config_.end()) return nullptr;
    const T* value = std::get_if<T>(&entry->second);
    if (value == nullptr) {
        throw Error(ErrorCode::InvalidArgument,
                    "the configuration key '" + key + "' must be " + type);
    }
    return value;
}

bool ConfigReader::flag(const std::string& key) {
    const bool* value = find<bool>(key, "a boolean");
    return value != nullptr && *value;
}

std::string ConfigReader::text(const std::string& key) {
    const auto* value = find<std::string>(key, "a string");
    if (value == nullptr) return {};
    check_text(key, *value);
    return *value;
}

std::vector<std::string> ConfigReader::list(const std::string& key) {
    const auto* value = find<std::vector<std::string>>(key, "an array of strings");
    if (value == nullptr) return {};
    check_count(key, value->size());
    for (const auto& text : *value)
        check_text(key, text);
    return *value;
}

std::map<std::string, std::string> ConfigReader::map(const std::string& key) {
    const auto* value = find<std::map<std::string, std::string>>(key, "a dictionary of strings");
    if (value == nullptr) return {};
    check_count(key, value->size());
    for (const auto& [name, text] : *value) {
        check_text(key, name);
        check_text(key, text);
    }
    return *value;
}

void ConfigReader::refuse_others() const {
    for (const auto& [key, value] : config_) {
        if (read_.contains(key)) continue;
        throw Error(ErrorCode::InvalidArgument,
                    "unknown configuration key '" + base::printable(key.substr(0, kShown)) + "'");
    }
}

} // namespace berth::spec
