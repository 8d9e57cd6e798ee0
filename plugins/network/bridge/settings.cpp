// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.hpp"

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::bridge {

namespace {

constexpr std::size_t kSettingsLimit = 1U << 20U;
constexpr std::size_t kPoolLimit = 100;
constexpr std::uint64_t kLowestMtu = 1280; // IPv6 needs it: RFC 8200, section 5
constexpr std::uint64_t kHighestMtu = 65535;

std::vector<base::IpPrefix> default_pools() {
    std::vector<base::IpPrefix> pools;
    for (const char* pool : {"172.30.0.0/15", "10.200.0.0/13", "192.168.128.0/17"}) {
        pools.push_back(*base::IpPrefix::parse(pool));
    }
    return pools;
}

std::vector<base::IpPrefix> read_pools(const base::JsonView& view) {
    std::vector<base::IpPrefix> pools;
    for (const auto& text : view.texts("address-pools")) {
        const auto pool = base::IpPrefix::parse(text);
        if (!pool || pool->address.is_v6() || *pool != pool->network() || pool->length > 29) {
            view.fail("address-pools", "'" + text +
                                           "' is not an IPv4 range such as \"10.90.0.0/16\", "
                                           "of at most 29 bits");
        }
        pools.push_back(*pool);
    }
    if (pools.size() > kPoolLimit) view.fail("address-pools", "more than 100 ranges");
    return pools.empty() ? default_pools() : pools;
}

Scope read_scope(const base::JsonView& view) {
    const std::string scope = view.text("publish-scope");
    if (scope.empty() || scope == "all") return Scope::All;
    if (scope == "lan") return Scope::Lan;
    if (scope == "local") return Scope::Local;
    view.fail("publish-scope", "must be \"all\", \"lan\" or \"local\"");
}

[[noreturn]] void refuse(const std::string& key, const std::string& value,
                         const std::string& wanted) {
    throw Error(ErrorCode::InvalidArgument,
                "network option '" + key + "' must be " + wanted + ", not '" + value + "'");
}

bool read_flag(const std::string& key, const std::string& value) {
    if (value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    refuse(key, value, "true or false");
}

std::uint32_t read_mtu(const std::string& key, const std::string& value) {
    const auto mtu = base::parse_number(value, kHighestMtu);
    if (!mtu || *mtu < kLowestMtu) refuse(key, value, "a number from 1280 to 65535");
    return static_cast<std::uint32_t>(*mtu);
}

} // namespace

Settings read_settings(const std::string& json) {
    const auto document =
        base::parse_json(json, kSettingsLimit, "the settings of network plugin 'bridge'");
    const base::JsonView view(document, "network.bridge", ErrorCode::InvalidArgument);
    view.only({"publish-scope", "address-pools", "subnet-size", "ipv6"});
    Settings settings;
    settings.scope = read_scope(view);
    settings.pools = read_pools(view);
    if (view.has("subnet-size")) {
        const std::uint64_t length = view.number("subnet-size");
        if (length < 8 || length > 29) view.fail("subnet-size", "must be from 8 to 29");
        settings.subnet_length = static_cast<unsigned>(length);
    }
    if (view.has("ipv6")) settings.ipv6 = view.flag("ipv6");
    return settings;
}

NetworkOptions read_options(const NetworkConfig& network) {
    NetworkOptions options;
    for (const auto& [key, value] : network.options) {
        if (key == "mtu" || key == "com.docker.network.driver.mtu") {
            options.mtu = read_mtu(key, value);
        } else if (key == "icc" || key == "com.docker.network.bridge.enable_icc") {
            options.icc = read_flag(key, value);
        } else if (key == "masquerade" || key == "com.docker.network.bridge.enable_ip_masquerade") {
            options.masquerade = read_flag(key, value);
        } else if (key == "ipv6") {
            options.ipv6 = read_flag(key, value);
        } else {
            throw Error(ErrorCode::InvalidArgument, "network driver 'bridge' has no option '" +
                                                        base::printable(key) +
                                                        "'; it has mtu, icc, masquerade and ipv6");
        }
    }
    return options;
}

} // namespace berth::bridge
