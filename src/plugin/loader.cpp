// SPDX-License-Identifier: LGPL-2.1-or-later
#include "loader.hpp"

#include <array>

#include <dlfcn.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <plugin/config.hpp>
#include <plugin/descriptor.hpp>

namespace berth::plugin {

namespace {

constexpr std::array kKinds = {PluginKind::Storage, PluginKind::Network, PluginKind::Registry};
constexpr const char* kSuffix = ".so";

std::string kind_dir(PluginKind kind) {
    return plugin_dir() + "/" + kind_name(kind);
}

/// Opens the library and returns its descriptor, checked. The handle is kept open on purpose.
const Descriptor& open_plugin(PluginKind kind, const std::string& name) {
    const std::string path = kind_dir(kind) + "/" + name + kSuffix;
    check_file(path);
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        throw Error(ErrorCode::Unsupported,
                    "plugin '" + name + "' refused: " + std::string(::dlerror()));
    }
    const void* symbol = ::dlsym(library, kPluginSymbol);
    if (symbol == nullptr) {
        throw Error(ErrorCode::Unsupported, "plugin '" + name + "' refused: it exports no '" +
                                                kPluginSymbol + "', so it is no plugin of berth");
    }
    const auto& descriptor = *static_cast<const Descriptor*>(symbol);
    check_descriptor(descriptor, kind, name);
    return descriptor;
}

PluginHost host_for(PluginKind kind, const std::string& name,
                    const spec::EngineConfig& config = engine_config()) {
    const std::string below = std::string("/") + kind_name(kind) + "/" + name;
    PluginHost host{state_dir() + below, runtime_dir() + below,
                    config.plugin_json(kind_name(kind), name)};
    base::make_directories(host.state_dir, 0700);
    base::make_directories(host.runtime_dir, 0700);
    return host;
}

const Descriptor& find_plugin(PluginKind kind, const std::string& name) {
    if (!is_plugin_name(name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + name.substr(0, 80) + "' is not the name of a " + kind_name(kind) +
                        " plugin: lower-case letters, digits, '-' and '_', at most 32");
    }
    try {
        return open_plugin(kind, name);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        throw Error(ErrorCode::NotFound, std::string("there is no ") + kind_name(kind) +
                                             " plugin '" + name + "' in " + kind_dir(kind));
    }
}

template <class Object>
std::unique_ptr<Object> made(std::unique_ptr<Object> object, const std::string& name) {
    if (object == nullptr) {
        throw Error(ErrorCode::Unsupported, "plugin '" + name + "' refused: it made no object");
    }
    return object;
}

Probe probe(const Descriptor& descriptor) {
    const PluginHost host = host_for(descriptor.kind, descriptor.name);
    switch (descriptor.kind) {
    case PluginKind::Storage:
        return made(descriptor.create_storage(host), descriptor.name)->probe();
    case PluginKind::Network:
        return made(descriptor.create_network(host), descriptor.name)->probe();
    case PluginKind::Registry:
        return made(descriptor.create_registry(host), descriptor.name)->probe();
    }
    return {};
}

PluginInfo inspect(PluginKind kind, const std::string& name, Depth depth) {
    PluginInfo info;
    info.kind = kind;
    info.name = name;
    info.path = kind_dir(kind) + "/" + name + kSuffix;
    try {
        const Descriptor& descriptor = find_plugin(kind, name);
        info.version = descriptor.version;
        info.description = descriptor.description;
        const Probe found = depth == Depth::Probe ? probe(descriptor) : Probe{true, ""};
        info.usable = found.usable;
        info.problem = found.reason;
    } catch (const std::exception& error) {
        info.usable = false;
        info.problem = error.what();
    }
    return info;
}

std::vector<std::string> plugin_names(PluginKind kind) {
    std::vector<std::string> names;
    try {
        for (const auto& file : base::Dir::open(kind_dir(kind)).list()) {
            const std::size_t dot = file.rfind(kSuffix);
            if (dot == std::string::npos || dot == 0 || dot + 3 != file.size()) continue;
            names.push_back(file.substr(0, dot));
        }
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
    return names;
}

} // namespace

const char* kind_name(PluginKind kind) noexcept {
    switch (kind) {
    case PluginKind::Storage:
        return "storage";
    case PluginKind::Network:
        return "network";
    case PluginKind::Registry:
        return "registry";
    }
    return "unknown";
}

std::vector<PluginInfo> list_plugins(Depth depth) {
    std::vector<PluginInfo> plugins;
    for (const PluginKind kind : kKinds) {
        for (const auto& name : plugin_names(kind))
            plugins.push_back(inspect(kind, name, depth));
    }
    return plugins;
}

std::unique_ptr<Storage> load_storage(const std::string& name) {
    const Descriptor& plugin = find_plugin(PluginKind::Storage, name);
    return made(plugin.create_storage(host_for(PluginKind::Storage, name)), name);
}

std::unique_ptr<Network> load_network(const std::string& name) {
    return load_network(name, engine_config());
}

std::unique_ptr<Network> load_network(const std::string& name, const spec::EngineConfig& config) {
    const Descriptor& plugin = find_plugin(PluginKind::Network, name);
    return made(plugin.create_network(host_for(PluginKind::Network, name, config)), name);
}

std::unique_ptr<Registry> load_registry(const std::string& name) {
    const Descriptor& plugin = find_plugin(PluginKind::Registry, name);
    return made(plugin.create_registry(host_for(PluginKind::Registry, name)), name);
}

} // namespace berth::plugin
