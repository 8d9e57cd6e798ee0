// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugin_object.hpp"

#include <cctype>
#include <cstdio>

namespace berth::daemon {

namespace {

constexpr const char* kPrefix = "/org/berth1/plugin";

const sd_bus_vtable kPluginVtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Kind", "s", (bus::property<PluginObject, &PluginObject::kind>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Name", "s", (bus::property<PluginObject, &PluginObject::name>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Version", "s", (bus::property<PluginObject, &PluginObject::version>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Description", "s", (bus::property<PluginObject, &PluginObject::description>),
                    0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Path", "s", (bus::property<PluginObject, &PluginObject::file>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Usable", "b", (bus::property<PluginObject, &PluginObject::usable>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Problem", "s", (bus::property<PluginObject, &PluginObject::problem>), 0,
                    SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_VTABLE_END,
};

// Object paths take letters, digits and "_"; others become _xx, as systemd has it.
std::string path_of(const plugin::PluginInfo& plugin) {
    std::string path = std::string(kPrefix) + "/" + plugin::kind_name(plugin.kind) + "_";
    for (const char c : plugin.name) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            path += c;
        } else {
            char escaped[4];
            std::snprintf(escaped, sizeof escaped, "_%02x", static_cast<unsigned char>(c));
            path += escaped;
        }
    }
    return path;
}

} // namespace

const sd_bus_vtable* PluginObject::vtable() noexcept {
    return kPluginVtable;
}

PluginObject::PluginObject(Context& context)
    : slot_(bus::add_objects(context.connection, kPrefix, "org.berth1.Plugin", kPluginVtable, this,
                             [this](const std::string& path) { return plugins().contains(path); })),
      enumerator_(bus::add_enumerator(context.connection, kPrefix, [this] {
          std::vector<std::string> paths;
          for (const auto& [path, plugin] : plugins())
              paths.push_back(path);
          return paths;
      })) {}

const std::map<std::string, plugin::PluginInfo>& PluginObject::plugins() {
    if (!loaded_) {
        for (auto& plugin : plugin::list_plugins()) {
            const std::string path = path_of(plugin);
            plugins_.insert_or_assign(path, std::move(plugin));
        }
        loaded_ = true;
    }
    return plugins_;
}

const plugin::PluginInfo& PluginObject::at(const std::string& path) {
    return plugins().at(path);
}

std::string PluginObject::kind(const std::string& path) {
    return plugin::kind_name(at(path).kind);
}

std::string PluginObject::name(const std::string& path) {
    return at(path).name;
}

std::string PluginObject::version(const std::string& path) {
    return at(path).version;
}

std::string PluginObject::description(const std::string& path) {
    return at(path).description;
}

std::string PluginObject::file(const std::string& path) {
    return at(path).path;
}

bool PluginObject::usable(const std::string& path) {
    return at(path).usable;
}

std::string PluginObject::problem(const std::string& path) {
    return at(path).problem;
}

} // namespace berth::daemon
