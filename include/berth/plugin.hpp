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
//
// Several processes have objects of a plugin at a time: berthd, jobs, and each container's start
// and stop helpers; one process may make several. What they must agree on lies in the plugin's
// directories or in the kernel. A process may end without destroying its objects.
//
// What a function throws must be a berth::Error, whose message says what failed, on which object,
// why and what to do. Strings that came from elsewhere are hostile: they are bounded and printed
// without control characters. Descriptors that are handed in stay the caller's. Sizes are bytes.
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

/// Also the name of the directory, in lower case.
enum class PluginKind : std::uint32_t { Storage = 1, Network = 2, Registry = 3 };

/// What the engine tells a plugin when it creates it. Copied by the plugin if it keeps it.
struct PluginHost {
    std::string state_dir;   ///< the plugin's own directory on disk; exists, mode 0700, kept
    std::string runtime_dir; ///< the plugin's own directory below /run; exists, gone after a reboot
    /// Its table of berth.toml ([storage.overlay], ...) as a JSON object, or "{}". Beside it stand
    /// the keys of its kind that concern every plugin: publish-scope and address-pools of
    /// [network], insecure and mirrors of [registry]. Keys it does not know are InvalidArgument.
    std::string config_json;
};

/// Whether this kernel and machine can run a plugin.
struct Probe {
    bool usable = false;
    std::string reason; ///< a sentence: why not and what to use instead; empty when usable
};

/// Constant data; strings end in a zero byte and live as long as the library.
struct Descriptor {
    std::uint64_t magic;       ///< kPluginMagic
    std::uint32_t api_version; ///< kPluginApiVersion as the plugin was compiled
    std::uint32_t size;        ///< sizeof(Descriptor) as the plugin was compiled
    PluginKind kind;           ///< that of the directory it lies in
    const char* name;          ///< equals the file's base name: a to z, 0 to 9, "-" and "_", to 32
    const char* version;       ///< the plugin's own, for people
    const char* description;   ///< a few words, for people
    /// Exactly the factory of its kind is set. May throw berth::Error. Must do nothing costly:
    /// probe and real work come later, by the interface's own functions.
    std::unique_ptr<Storage> (*create_storage)(const PluginHost& host);
    std::unique_ptr<Network> (*create_network)(const PluginHost& host);
    std::unique_ptr<Registry> (*create_registry)(const PluginHost& host);
};

/// The name of the exported Descriptor.
inline constexpr const char* kPluginSymbol = "berth_plugin";

} // namespace berth

/// Keeps the descriptor visible in a library whose other symbols are hidden.
#define BERTH_PLUGIN_EXPORT __attribute__((visibility("default")))
