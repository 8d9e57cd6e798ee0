// SPDX-License-Identifier: LGPL-2.1-or-later
#include "descriptor.hpp"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <plugin/loader.hpp>

namespace berth::plugin {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
    throw Error(ErrorCode::Unsupported, "plugin '" + name + "' refused: " + why);
}

void check_versions(const Descriptor& descriptor, const std::string& name) {
    if (descriptor.magic != kPluginMagic) refuse(name, "its descriptor is not one of berth's");
    if (descriptor.api_version != kPluginApiVersion) {
        refuse(name, "it was built for plugin interface version " +
                         std::to_string(descriptor.api_version) + ", this berth has version " +
                         std::to_string(kPluginApiVersion) + "; build it against these headers");
    }
    if (descriptor.size != sizeof(Descriptor)) {
        refuse(name, "its descriptor has " + std::to_string(descriptor.size) + " bytes, version " +
                         std::to_string(kPluginApiVersion) + " has " +
                         std::to_string(sizeof(Descriptor)));
    }
}

void check_factory(const Descriptor& descriptor, PluginKind kind, const std::string& name) {
    const bool storage = descriptor.create_storage != nullptr;
    const bool network = descriptor.create_network != nullptr;
    const bool registry = descriptor.create_registry != nullptr;
    if (storage != (kind == PluginKind::Storage) || network != (kind == PluginKind::Network) ||
        registry != (kind == PluginKind::Registry)) {
        refuse(name, std::string("it must have the factory of a ") + kind_name(kind) +
                         " plugin and no other");
    }
}

void check_owner(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) < 0) throw_errno("cannot look at '" + path + "'");
    if (info.st_uid != 0 || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw Error(ErrorCode::Denied, "'" + path +
                                           "' is not trusted: it must belong to root and be "
                                           "writable by root alone (chown root, chmod go-w)");
    }
}

} // namespace

bool is_plugin_name(const std::string& name) noexcept {
    return !name.empty() && name.size() <= 32 && name.front() != '-' && name.front() != '_' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

void check_descriptor(const Descriptor& descriptor, PluginKind kind, const std::string& name) {
    check_versions(descriptor, name);
    if (descriptor.kind != kind) {
        refuse(name, std::string("it lies among the ") + kind_name(kind) +
                         " plugins but is of kind '" + kind_name(descriptor.kind) + "'");
    }
    if (descriptor.name == nullptr || name != descriptor.name) {
        refuse(name, "it calls itself '" +
                         base::printable(descriptor.name == nullptr ? "" : descriptor.name) +
                         "'; the file must have that name");
    }
    if (descriptor.version == nullptr || descriptor.description == nullptr) {
        refuse(name, "it has no version or no description");
    }
    check_factory(descriptor, kind, name);
}

void check_file(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) < 0) throw_errno("cannot open the plugin '" + path + "'");
    if (!S_ISREG(info.st_mode)) {
        throw Error(ErrorCode::Denied, "'" + path + "' is not a regular file");
    }
    if (::geteuid() != 0) return;
    check_owner(path);
    check_owner(path.substr(0, path.rfind('/')));
}

} // namespace berth::plugin
