// SPDX-License-Identifier: LGPL-2.1-or-later
// berth.toml from the text to the plugins: the file that is shipped, and keys nobody knows.
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <base/file.hpp>
#include <berth/network.hpp>
#include <berth/plugin.hpp>
#include <berth/registry.hpp>
#include <berth/storage.hpp>
#include <spec/engine_config.hpp>

namespace berth {
namespace {

struct Named {
    const char* kind;
    const char* name;
};
constexpr Named kPlugins[] = {{"storage", "overlay"},      {"storage", "aufs"},
                              {"storage", "devicemapper"}, {"network", "bridge"},
                              {"network", "host"},         {"network", "none"},
                              {"registry", "directory"},   {"registry", "distribution"}};

std::string shipped() {
    return base::read_file(std::string(std::getenv("BERTH_TEST_TOP")) + "/doc/berth.toml");
}

/// The keys that stand behind a "#" as well.
std::string uncommented(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::string result;
    while (std::getline(lines, line)) {
        const bool is_key = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        result += (is_key ? line.substr(1) : line) + "\n";
    }
    return result;
}

/// Makes the plugin's object with its part of the settings; throws what the plugin throws.
void give(const Named& plugin, const spec::EngineConfig& config) {
    const std::string path = std::string(std::getenv("BERTH_TEST_PLUGINS")) + "/" + plugin.kind +
                             "/" + plugin.name + ".so";
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << ::dlerror();
    const auto* descriptor = static_cast<const Descriptor*>(::dlsym(library, kPluginSymbol));
    ASSERT_NE(descriptor, nullptr);
    const PluginHost host{testing::TempDir(), testing::TempDir(),
                          config.plugin_json(plugin.kind, plugin.name)};
    if (descriptor->create_storage != nullptr) (void)descriptor->create_storage(host);
    if (descriptor->create_network != nullptr) (void)descriptor->create_network(host);
    if (descriptor->create_registry != nullptr) (void)descriptor->create_registry(host);
}

std::string refusal(const Named& plugin, const std::string& toml) {
    try {
        give(plugin, spec::parse_engine_config(toml, "berth.toml"));
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(ShippedSettingsTest, SayNothingAsTheyAre) {
    const auto config = spec::parse_engine_config(shipped(), "berth.toml");
    const spec::EngineConfig defaults;
    EXPECT_EQ(config.storage.driver, defaults.storage.driver);
    EXPECT_EQ(config.network.default_network, defaults.network.default_network);
    EXPECT_EQ(config.network.publish_scope, defaults.network.publish_scope);
    EXPECT_TRUE(config.network.address_pools.empty());
    EXPECT_TRUE(config.registry.insecure.empty());
    EXPECT_TRUE(config.registry.mirrors.empty());
}

TEST(ShippedSettingsTest, SayTheDefaultsWithoutTheCommentSigns) {
    const auto config = spec::parse_engine_config(uncommented(shipped()), "berth.toml");
    const spec::EngineConfig defaults;
    EXPECT_EQ(config.storage.driver, defaults.storage.driver);
    EXPECT_EQ(config.network.default_network, defaults.network.default_network);
    EXPECT_EQ(config.network.publish_scope, defaults.network.publish_scope);
    EXPECT_EQ(config.network.address_pools.size(), 3U);
    EXPECT_EQ(config.registry.mirrors.size(), 1U);
}

TEST(ShippedSettingsTest, FitEveryPlugin) {
    for (const auto& text : {shipped(), uncommented(shipped())}) {
        const auto config = spec::parse_engine_config(text, "berth.toml");
        for (const auto& plugin : kPlugins)
            EXPECT_NO_THROW(give(plugin, config)) << plugin.name;
    }
}

TEST(SettingsTest, EveryPluginRefusesKeysItDoesNotKnow) {
    for (const auto& plugin : kPlugins) {
        const std::string table = std::string(plugin.kind) + "." + plugin.name;
        const std::string why = refusal(plugin, "[" + table + "]\nnonsense = 1\n");
        EXPECT_NE(why.find(table), std::string::npos) << plugin.name << ": " << why;
        EXPECT_NE(why.find("nonsense"), std::string::npos) << plugin.name << ": " << why;
    }
}

TEST(SettingsTest, WhatConcernsAKindReachesAllItsPlugins) {
    const std::string toml =
        "[network]\npublish-scope = \"lan\"\n[registry]\ninsecure = [\"a:1\"]\n";
    const auto config = spec::parse_engine_config(toml, "berth.toml");
    for (const auto& plugin : kPlugins)
        EXPECT_NO_THROW(give(plugin, config)) << plugin.name;
    EXPECT_NE(config.plugin_json("network", "other").find("lan"), std::string::npos);
    EXPECT_EQ(config.plugin_json("storage", "overlay"), "{}");
}

TEST(SettingsTest, MistakesAreNamedWithTheirPlace) {
    const auto why = [](const std::string& toml) {
        try {
            (void)spec::parse_engine_config(toml, "/etc/berth/berth.toml");
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(why("[storage]\n\ndriver = 7\n"),
              "/etc/berth/berth.toml:3:10: storage.driver must be a string");
    EXPECT_EQ(why("[storage]\ndrivers = \"overlay\"\n"),
              "/etc/berth/berth.toml:2:1: unknown key 'storage.drivers'");
    EXPECT_NE(why("[storages]\n").find("there are [storage], [network] and [registry]"),
              std::string::npos);
    EXPECT_NE(why("[network]\npublish-scope = \"world\"\n").find("\"all\", \"lan\" or \"local\""),
              std::string::npos);
}

} // namespace
} // namespace berth
