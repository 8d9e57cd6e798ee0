// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine_config.hpp"

#include <algorithm>
#include <initializer_list>
#include <sstream>

#include <toml++/toml.h>

#include <berth/error.hpp>

namespace berth::spec {

namespace {

// No sensible line is longer; it bounds the depth a dotted key can reach.
constexpr std::size_t kLineLimit = 4096;
constexpr std::size_t kListLimit = 1000;

[[noreturn]] void fail(const std::string& path, const toml::source_region& where,
                       const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, path + ":" + std::to_string(where.begin.line) + ":" +
                                                std::to_string(where.begin.column) + ": " + why);
}

std::string to_json(const toml::table& table) {
    std::ostringstream text;
    text << toml::json_formatter(table, toml::format_flags::quote_dates_and_times |
                                            toml::format_flags::quote_infinities_and_nans);
    return text.str();
}

/// One table of the file under its dotted name, with typed access and the path for messages.
class Section {
  public:
    Section(const toml::table& table, std::string name, const std::string& path)
        : table_(table), name_(std::move(name)), path_(path) {}

    [[nodiscard]] std::string text(const char* key, const std::string& otherwise) const {
        const toml::node* node = table_.get(key);
        return node == nullptr ? otherwise : text_of(*node, key);
    }

    [[nodiscard]] std::vector<std::string> texts(const char* key) const {
        const toml::node* node = table_.get(key);
        return node == nullptr ? std::vector<std::string>() : texts_of(*node, key);
    }

    [[nodiscard]] std::map<std::string, std::vector<std::string>>
    text_lists(const char* key) const {
        std::map<std::string, std::vector<std::string>> lists;
        const toml::node* node = table_.get(key);
        if (node == nullptr) return lists;
        if (!node->is_table()) fail(path_, node->source(), full(key) + " must be a table");
        for (const auto& [name, value] : *node->as_table()) {
            lists.emplace(name.str(), texts_of(value, name.str()));
        }
        return lists;
    }

    /// Calls `take(name, table)` for each key not in `known`; what is no table is an error.
    template <class Take>
    void plugin_tables(std::initializer_list<std::string_view> known, Take&& take) const {
        for (const auto& [name, value] : table_) {
            if (std::find(known.begin(), known.end(), name.str()) != known.end()) continue;
            if (!value.is_table()) {
                fail(path_, name.source(), "unknown key '" + full(name.str()) + "'");
            }
            take(std::string(name.str()), *value.as_table());
        }
    }

    [[nodiscard]] const toml::table& table() const { return table_; }
    [[nodiscard]] toml::source_region where(const char* key) const {
        return table_.get(key)->source();
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    [[nodiscard]] std::string full(std::string_view key) const {
        return name_ + "." + std::string(key);
    }
    [[nodiscard]] std::string text_of(const toml::node& node, std::string_view key) const {
        const auto* value = node.as_string();
        if (value == nullptr) fail(path_, node.source(), full(key) + " must be a string");
        if (value->get().empty()) fail(path_, node.source(), full(key) + " must not be empty");
        return value->get();
    }
    [[nodiscard]] std::vector<std::string> texts_of(const toml::node& node,
                                                    std::string_view key) const {
        const toml::array* array = node.as_array();
        if (array == nullptr) fail(path_, node.source(), full(key) + " must be a list of strings");
        if (array->size() > kListLimit) fail(path_, node.source(), full(key) + " is too long");
        std::vector<std::string> values;
        for (const auto& item : *array)
            values.push_back(text_of(item, key));
        return values;
    }

    const toml::table& table_;
    std::string name_;
    const std::string& path_;
};

PublishScope publish_scope(const Section& network) {
    const std::string scope = network.text("publish-scope", "all");
    if (scope == "all") return PublishScope::All;
    if (scope == "lan") return PublishScope::Lan;
    if (scope == "local") return PublishScope::Local;
    fail(network.path(), network.where("publish-scope"),
         "network.publish-scope must be \"all\", \"lan\" or \"local\", not \"" + scope + "\"");
}

/// The keys of a kind's table that its plugins get as well.
toml::table shared_settings(const toml::table& table,
                            std::initializer_list<std::string_view> keys) {
    toml::table shared;
    for (const auto key : keys) {
        if (const toml::node* node = table.get(key)) {
            node->visit([&](const auto& value) { shared.insert(key, value); });
        }
    }
    return shared;
}

void keep_plugin_tables(const Section& section, const std::string& kind, EngineConfig& config,
                        std::initializer_list<std::string_view> known,
                        std::initializer_list<std::string_view> shared_keys) {
    const toml::table shared = shared_settings(section.table(), shared_keys);
    config.kind_tables[kind] = to_json(shared);
    section.plugin_tables(known, [&](const std::string& name, const toml::table& own) {
        toml::table merged = own;
        for (const auto& [key, value] : shared) {
            value.visit([&, &at = key](const auto& node) { merged.insert(at, node); });
        }
        config.plugin_tables[{kind, name}] = to_json(merged);
    });
}

void read_section(const Section& section, const std::string& name, EngineConfig& config) {
    if (name == "storage") {
        config.storage.driver = section.text("driver", config.storage.driver);
        keep_plugin_tables(section, name, config, {"driver"}, {});
    } else if (name == "network") {
        config.network.default_network = section.text("default", config.network.default_network);
        config.network.publish_scope = publish_scope(section);
        config.network.address_pools = section.texts("address-pools");
        keep_plugin_tables(section, name, config, {"default", "publish-scope", "address-pools"},
                           {"publish-scope", "address-pools"});
    } else {
        config.registry.insecure = section.texts("insecure");
        config.registry.mirrors = section.text_lists("mirrors");
        keep_plugin_tables(section, name, config, {"insecure", "mirrors"}, {"insecure", "mirrors"});
    }
}

void check_size(std::string_view text, const std::string& path) {
    if (text.size() > kEngineConfigLimit) {
        throw Error(ErrorCode::Exhausted, path + ": larger than the " +
                                              std::to_string(kEngineConfigLimit) +
                                              " bytes allowed");
    }
    unsigned line = 1;
    for (std::size_t start = 0; start < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        if (end - start > kLineLimit) {
            throw Error(ErrorCode::InvalidArgument, path + ":" + std::to_string(line) +
                                                        ":1: line is longer than " +
                                                        std::to_string(kLineLimit) + " bytes");
        }
        start = end + 1;
    }
}

toml::table parse(std::string_view text, const std::string& path) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        fail(path, error.source(), std::string(error.description()));
    }
}

} // namespace

std::string EngineConfig::plugin_json(const std::string& kind, const std::string& name) const {
    if (const auto own = plugin_tables.find({kind, name}); own != plugin_tables.end()) {
        return own->second;
    }
    const auto shared = kind_tables.find(kind);
    return shared == kind_tables.end() ? "{}" : shared->second;
}

EngineConfig parse_engine_config(std::string_view text, const std::string& path) {
    check_size(text, path);
    const toml::table root = parse(text, path);
    EngineConfig config;
    for (const auto& [name, value] : root) {
        const std::string key(name.str());
        if (key != "storage" && key != "network" && key != "registry") {
            fail(path, name.source(),
                 "unknown key '" + key + "'; there are [storage], [network] and [registry]");
        }
        if (!value.is_table()) fail(path, value.source(), "'" + key + "' must be a table");
        read_section(Section(*value.as_table(), key, path), key, config);
    }
    return config;
}

} // namespace berth::spec
