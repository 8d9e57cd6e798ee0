// SPDX-License-Identifier: LGPL-2.1-or-later
// How a shared library becomes a plugin of berth. A plugin exports one data symbol, `berth_plugin`,
// of type berth::Descriptor, and lies at PLUGINDIR/KIND/NAME.so. The loader checks the descriptor
// field by field before it calls anything; a plugin that does not fit is refused with both versions
// named and listed with that reason, and the engine goes on without it.
//
//     extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin = {
//         .magic = berth::kPluginMagic, .api_version = berth::kPluginApiVersion,
//         .size = sizeof(berth::Descriptor), .kind = berth::PluginKind::Storage,
//         .name = "overlay", .version = "1.0", .description = "layers as overlayfs directories",
//         .create_storage = [](const berth::PluginHost& host) { ... }};
//
// Plugins are C++: they must be built by the compiler generation berth was built with, against the
// headers of the same API version. They are loaded RTLD_NOW | RTLD_LOCAL and never unloaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace berth {

class Storage;
class Network;
class Registry;

inline constexpr std::uint64_t kPluginMagic = 0x6265727468706c67; // "berthplg"
/// Raised with every incompatible change of any header in include/berth.
inline constexpr std::uint32_t kPluginApiVersion = 1;

enum class PluginKind : std::uint32_t { Storage = 1, Network = 2, Registry = 3 };

/// What the engine tells a plugin when it creates it. Copied by the plugin if it keeps it.
struct PluginHost {
    std::string state_dir;   ///< the plugin's own directory on disk; exists, mode 0700, kept
    std::string runtime_dir; ///< the plugin's own directory below /run; exists, gone after a reboot
    std::string config_json; ///< its table of berth.toml ([storage.overlay], ...) as JSON, or "{}"
};

/// Whether this kernel and machine can run a plugin.
struct Probe {
    bool usable = false;
    std::string reason; ///< a sentence: why not and what to use instead; empty when usable
};

struct Descriptor {
    std::uint64_t magic;
    std::uint32_t api_version;
    std::uint32_t size; ///< sizeof(Descriptor) as the plugin was compiled
    PluginKind kind;
    const char* name; ///< equals the file's base name
    const char* version;
    const char* description;
    /// Exactly the factory of its kind is set. May throw berth::Error. Must do nothing costly:
    /// probe and real work come later, by the interface's own functions.
    std::unique_ptr<Storage> (*create_storage)(const PluginHost& host);
    std::unique_ptr<Network> (*create_network)(const PluginHost& host);
    std::unique_ptr<Registry> (*create_registry)(const PluginHost& host);
};

inline constexpr const char* kPluginSymbol = "berth_plugin";

} // namespace berth

#define BERTH_PLUGIN_EXPORT __attribute__((visibility("default")))
