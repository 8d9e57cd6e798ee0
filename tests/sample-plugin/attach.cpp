// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: attach PLUGIN.so NETNS: attaches a network namespace as berth would, by what the headers
// say.
#include <cstdio>

#include <dlfcn.h>
#include <fcntl.h>

#include <berth/network.hpp>

int main(int count, char** arguments) {
    if (count != 3) return 2;
    void* library = ::dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return std::fprintf(stderr, "%s\n", ::dlerror()), 1;
    const auto* plugin =
        static_cast<const berth::Descriptor*>(::dlsym(library, berth::kPluginSymbol));
    if (plugin == nullptr || plugin->api_version != berth::kPluginApiVersion) return 1;
    try {
        const auto driver = plugin->create_network({"/tmp", "/tmp", "{}"});
        const std::string id(64, 'a');
        berth::NetworkConfig wanted{.id = berth::NetworkId(id)};
        wanted.name = "tried";
        wanted.driver = plugin->name;
        const auto network = driver->plan(wanted, {});
        berth::Endpoint endpoint{.container = berth::ContainerId(id)};
        endpoint.container_name = "tried";
        (void)driver->attach(network, endpoint, ::open(arguments[2], O_RDONLY | O_CLOEXEC));
        driver->detach(network, endpoint);
    } catch (const berth::Error& error) {
        return std::fprintf(stderr, "%s\n", error.what()), 1;
    }
    return 0;
}
