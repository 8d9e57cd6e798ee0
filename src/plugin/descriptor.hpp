// SPDX-License-Identifier: LGPL-2.1-or-later
// The checks a plugin passes before anything in it is called.
#pragma once

#include <string>

#include <berth/plugin.hpp>

namespace berth::plugin {

/// Lower-case letters, digits, '-' and '_', beginning with a letter or digit, at most 32.
[[nodiscard]] bool is_plugin_name(const std::string& name) noexcept;

/// Throws Unsupported unless the descriptor is one of this berth's interface version, of this kind
/// and name, with exactly its kind's factory. Reads no field before those that vouch for it.
void check_descriptor(const Descriptor& descriptor, PluginKind kind, const std::string& name);

/// Where root loads it, the file and its directory must belong to root and be writable by root
/// alone; throws Denied. NotFound when there is no file.
void check_file(const std::string& path);

} // namespace berth::plugin
