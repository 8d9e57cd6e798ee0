// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fixture.hpp"

#include <algorithm>
#include <cstdlib>

#include <fcntl.h>
#include <linux/netlink.h>
#include <netlink/address.hpp>
#include <netlink/link.hpp>
#include <sched.h>

#include <base/hash.hpp>
#include <base/ip.hpp>
#include <base/strings.hpp>
#include <plugin/loader.hpp>
#include <spec/engine_config.hpp>

namespace berth::test {

namespace {

void enter_fresh_namespace() {
    if (::unshare(CLONE_NEWNET) < 0) throw_errno("cannot make the host's network namespace");
}

void enter(const Netns& netns) {
    if (::setns(netns.fd(), CLONE_NEWNET) < 0) std::abort();
}

} // namespace

NetworkId network_id(const std::string& name) {
    return NetworkId(base::sha256("network " + name).hex());
}

PublishedPort tcp(std::uint16_t host, std::uint16_t container, const std::string& address) {
    return {address, host, container, PortProtocol::Tcp};
}

PublishedPort udp(std::uint16_t host, std::uint16_t container, const std::string& address) {
    return {address, host, container, PortProtocol::Udp};
}

void NetworkTest::SetUp() {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root to make network namespaces";
    scratch_ = std::make_unique<ScratchDir>();
    machine_ = std::make_unique<Netns>(Netns::current());
    enter_fresh_namespace();
    host_ = std::make_unique<Netns>(Netns::current());
    lan_ = std::make_unique<Netns>();
    lay_cable({host(), "up0", {"10.9.0.1/24", "fd99::1/64"}},
              {lan(), "eth0", {"10.9.0.2/24", "fd99::2/64"}});
    run_in(host(), {"ip", "route", "add", "default", "via", kLan4});
    run_in(host(), {"ip", "-6", "route", "add", "default", "via", kLan6});
    ::setenv("BERTH_STATE_DIR", (scratch_->path() + "/state").c_str(), 1);
    ::setenv("BERTH_RUNTIME_DIR", (scratch_->path() + "/run").c_str(), 1);
    configure("");
}

void NetworkTest::TearDown() {
    if (!machine_) return;
    plugin_.reset();
    enter(*machine_);
}

void NetworkTest::configure(const std::string& toml) {
    const auto settings = spec::parse_engine_config(toml, "berth.toml");
    plugin_ = plugin::load_network(GetParam(), settings);
}

NetworkConfig NetworkTest::make_network(const std::string& name) {
    NetworkConfig wanted{network_id(name), name, GetParam(), {}, false, "", {}};
    return make_network(wanted);
}

NetworkConfig NetworkTest::make_network(NetworkConfig wanted) {
    networks_.push_back(network().plan(wanted, networks_));
    return networks_.back();
}

Guest NetworkTest::make_guest(const NetworkConfig& network, const std::string& name,
                              std::vector<PublishedPort> ports) {
    ++guests_;
    Endpoint endpoint{ContainerId(base::sha256("container " + name).hex()),
                      name,
                      "eth0",
                      {},
                      "",
                      std::move(ports)};
    Guest guest{Netns(), std::move(endpoint), "", ""};
    for (const auto& subnet : network.subnets) {
        const auto prefix = base::IpPrefix::parse(subnet.cidr).value();
        const auto address = prefix.address.plus(1 + guests_).value();
        guest.endpoint.addresses.push_back(address.str() + "/" + std::to_string(prefix.length));
        (address.is_v6() ? guest.v6 : guest.v4) = address.str();
    }
    return guest;
}

Attached NetworkTest::attach(const NetworkConfig& where, const Guest& guest) {
    return network().attach(where, guest.endpoint, guest.netns.fd());
}

Guest NetworkTest::start(const NetworkConfig& where, const std::string& name,
                         std::vector<PublishedPort> ports) {
    Guest guest = make_guest(where, name, std::move(ports));
    static_cast<void>(attach(where, guest));
    return guest;
}

NetworkTest::State NetworkTest::state_of_host() const {
    State state;
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"ip", "-o", "link"},
             {"ip", "-o", "addr"},
             {"ip", "route", "show", "table", "all"},
             {"ip", "-6", "route", "show", "table", "all"},
             {"ip", "neigh", "show", "nud", "all"},
             {"bridge", "link"},
             {"nft", "-s", "list", "ruleset"},
             {"sh", "-c", "grep . /proc/sys/net/ipv?/conf/*/forwarding"},
             {"sh", "-c", "grep -s . /proc/sys/net/ipv6/conf/*/force_forwarding || true"}}) {
        for (const auto& line : base::split(run_in(host(), command), '\n')) {
            const bool by_itself = line.find("fe80:") != std::string::npos ||
                                   line.find("ff00::") != std::string::npos ||
                                   line.find("dev up0 lladdr") != std::string::npos ||
                                   line.find("NOARP") != std::string::npos;
            if (!by_itself && !line.empty()) state.push_back(line);
        }
    }
    return state;
}

std::string NetworkTest::changes_since(const State& before) const {
    const State now = state_of_host();
    std::string changes;
    for (const auto& line : before) {
        if (std::find(now.begin(), now.end(), line) == now.end()) changes += "- " + line + "\n";
    }
    for (const auto& line : now) {
        if (std::find(before.begin(), before.end(), line) == before.end()) {
            changes += "+ " + line + "\n";
        }
    }
    return changes;
}

} // namespace berth::test
