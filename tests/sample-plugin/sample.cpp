// SPDX-License-Identifier: LGPL-2.1-or-later
// A plugin of berth to start from: the network driver `sample` gives a container a network
// namespace with nothing but its loopback interface. It needs berth's headers and the C++ library
// alone.
#include <cstring>
#include <set>
#include <string>
#include <thread>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <berth/network.hpp>

namespace {

using berth::Error;
using berth::ErrorCode;

/// The keys of the outermost object. berth hands in valid JSON.
std::set<std::string> keys_of(const std::string& json) {
    std::set<std::string> keys;
    std::string last;
    int depth = 0;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        if (c == '"') {
            const std::size_t start = ++at;
            while (json[at] != '"')
                at += json[at] == '\\' ? 2 : 1;
            last = json.substr(start, at - start);
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ':' && depth == 1) {
            keys.insert(last);
        }
    }
    return keys;
}

/// It has no settings; what [network] says for every driver is not for one without addresses.
void refuse_settings(const std::string& json) {
    const std::set<std::string> known = {"publish-scope", "address-pools"};
    for (const auto& key : keys_of(json)) {
        if (known.contains(key)) continue;
        throw Error(ErrorCode::InvalidArgument,
                    "[network.sample] of berth.toml has an unknown key '" + key + "'");
    }
}

/// In the calling thread's network namespace. Returns 0 or an errno.
int bring_up_loopback() noexcept {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    const int failure = ::ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? errno : 0;
    ::close(fd);
    return failure;
}

class Sample final : public berth::Network {
  public:
    explicit Sample(const berth::PluginHost& host) { refuse_settings(host.config_json); }

    berth::Probe probe() override { return {true, ""}; }
    berth::NetworkTraits traits() const override {
        return {.netns = berth::NetnsMode::Own, .addresses = false, .ports = false};
    }

    berth::NetworkConfig plan(const berth::NetworkConfig& wanted,
                              const std::vector<berth::NetworkConfig>& /*taken*/) override {
        if (wanted.subnets.empty() && wanted.options.empty()) return wanted;
        throw Error(ErrorCode::InvalidArgument,
                    "network '" + wanted.name + "': driver 'sample' takes no subnet and no option");
    }
    void remove(const berth::NetworkConfig& /*network*/) override {}

    berth::Attached attach(const berth::NetworkConfig& network, const berth::Endpoint& endpoint,
                           int netns_fd) override {
        if (!endpoint.ports.empty()) {
            throw Error(ErrorCode::InvalidArgument, "container '" + endpoint.container_name +
                                                        "' can't publish ports in network '" +
                                                        network.name + "' of driver 'sample'");
        }
        // A thread of its own may change its namespace without changing ours.
        int failure = 0;
        std::thread([&] {
            failure = ::setns(netns_fd, CLONE_NEWNET) < 0 ? errno : bring_up_loopback();
        }).join();
        if (failure != 0) {
            berth::throw_errno("cannot bring up the loopback interface of container '" +
                                   endpoint.container_name + "'",
                               failure);
        }
        return {};
    }
    void detach(const berth::NetworkConfig& /*network*/,
                const berth::Endpoint& /*endpoint*/) override {}

    std::vector<std::string>
    reconcile(const std::vector<berth::NetworkConfig>& /*networks*/,
              const std::vector<std::pair<berth::NetworkId, berth::Endpoint>>& /*endpoints*/,
              bool /*repair*/) override {
        return {};
    }
};

} // namespace

extern "C" BERTH_PLUGIN_EXPORT const berth::Descriptor berth_plugin;
const berth::Descriptor berth_plugin = {
    .magic = berth::kPluginMagic,
    .api_version = berth::kPluginApiVersion,
    .size = sizeof(berth::Descriptor),
    .kind = berth::PluginKind::Network,
    .name = "sample",
    .version = "1.0",
    .description = "nothing but loopback, as an example",
    .create_storage = nullptr,
    .create_network = [](const berth::PluginHost& host) -> std::unique_ptr<berth::Network> {
        return std::make_unique<Sample>(host);
    },
    .create_registry = nullptr,
};
