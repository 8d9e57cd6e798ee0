// SPDX-License-Identifier: LGPL-2.1-or-later
// What include/berth/network.hpp promises of every network plugin.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <tests/contract/network/fixture.hpp>

#include <base/ip.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::test {

namespace {

using Json = nlohmann::json;

class Contract : public NetworkTest {};

Json links_in(const Netns& netns) {
    return Json::parse(run_in(netns, {"ip", "-j", "addr"}));
}

Json link_named(const Netns& netns, const std::string& name) {
    for (const auto& link : links_in(netns)) {
        if (link["ifname"] == name) return link;
    }
    return {};
}

bool is_up(const Json& link) {
    const auto& flags = link["flags"];
    return std::find(flags.begin(), flags.end(), "UP") != flags.end();
}

std::vector<std::string> addresses_of(const Json& link) {
    std::vector<std::string> addresses;
    for (const auto& info : link["addr_info"]) {
        if (info["scope"] != "global") continue;
        addresses.push_back(info["local"].get<std::string>() + "/" +
                            std::to_string(info["prefixlen"].get<int>()));
    }
    std::sort(addresses.begin(), addresses.end());
    return addresses;
}

std::string gateway_in(const Netns& netns, const char* family) {
    const auto routes =
        Json::parse(run_in(netns, {"ip", "-j", family, "route", "show", "default"}));
    return routes.empty() ? "" : routes[0]["gateway"].get<std::string>();
}

TEST_P(Contract, runs_on_this_kernel) {
    const Probe probe = network().probe();
    EXPECT_TRUE(probe.usable) << probe.reason;
    EXPECT_EQ(probe.reason, "");
}

TEST_P(Contract, planning_changes_nothing_in_the_kernel) {
    const State before = state_of_host();
    static_cast<void>(make_network("bridge"));
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Contract, plans_subnets_only_when_it_gives_addresses) {
    const auto planned = make_network("bridge");
    EXPECT_EQ(planned.subnets.empty(), !has_addresses());
    EXPECT_EQ(planned.interface.empty(), !has_addresses());
}

TEST_P(Contract, plans_networks_that_do_not_overlap) {
    NEEDS_ADDRESSES();
    std::vector<base::IpPrefix> seen;
    for (int i = 0; i < 20; ++i) {
        for (const auto& subnet : make_network("n" + std::to_string(i)).subnets) {
            const auto prefix = base::IpPrefix::parse(subnet.cidr).value();
            for (const auto& other : seen)
                EXPECT_FALSE(prefix.overlaps(other)) << subnet.cidr;
            EXPECT_TRUE(prefix.contains(base::IpAddress::parse(subnet.gateway).value()));
            seen.push_back(prefix);
        }
    }
}

TEST_P(Contract, plans_around_the_routes_of_the_host) {
    NEEDS_ADDRESSES();
    run_in(host(), {"ip", "route", "add", "172.16.0.0/12", "via", kLan4});
    run_in(host(), {"ip", "route", "add", "blackhole", "10.192.0.0/10"});
    run_in(host(), {"ip", "route", "add", "192.168.128.0/24", "dev", "up0", "table", "7"});
    const auto planned = make_network("bridge");
    EXPECT_EQ(planned.subnets.at(0).cidr, "192.168.144.0/20");
}

TEST_P(Contract, refuses_a_subnet_that_overlaps_a_route) {
    NEEDS_ADDRESSES();
    NetworkConfig wanted{network_id("n"), "n", GetParam(), {{"10.9.0.128/25", "", ""}},
                         false,           "",  {}};
    EXPECT_THROW(static_cast<void>(network().plan(wanted, {})), Error);
}

TEST_P(Contract, refuses_options_it_does_not_know) {
    NetworkConfig wanted{network_id("n"), "n", GetParam(), {}, false, "", {{"colour", "blue"}}};
    EXPECT_THROW(static_cast<void>(network().plan(wanted, {})), Error);
}

TEST_P(Contract, brings_loopback_up_in_a_namespace_of_its_own) {
    if (network().traits().netns == NetnsMode::Host) {
        GTEST_SKIP() << "network '" << GetParam() << "' shares the host's namespace";
    }
    const auto guest = start(make_network("bridge"), "web");
    EXPECT_TRUE(is_up(link_named(guest.netns, "lo")));
    EXPECT_EQ(links_in(guest.netns).size(), has_addresses() ? 2 : 1);
}

TEST_P(Contract, gives_the_interface_the_leased_addresses_and_default_routes) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    const auto guest = make_guest(where, "web");
    const Attached attached = attach(where, guest);
    const auto link = link_named(guest.netns, "eth0");
    auto wanted = guest.endpoint.addresses;
    std::sort(wanted.begin(), wanted.end());
    EXPECT_TRUE(is_up(link));
    EXPECT_EQ(addresses_of(link), wanted);
    EXPECT_EQ(link["address"], attached.mac);
    EXPECT_EQ(gateway_in(guest.netns, "-4"), where.subnets.at(0).gateway);
    EXPECT_EQ(gateway_in(guest.netns, "-6"), where.subnets.at(1).gateway);
    EXPECT_EQ(attached.gateways.size(), 2);
    EXPECT_FALSE(link_named(host(), attached.host_interface).is_null());
}

TEST_P(Contract, derives_the_mac_address_from_the_ip_address) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    const auto guest = make_guest(where, "web");
    const auto bytes = base::IpAddress::parse(guest.v4).value();
    const auto first = attach(where, guest);
    network().detach(where, guest.endpoint);
    EXPECT_EQ(attach(where, guest).mac, first.mac);
    EXPECT_EQ(first.mac.substr(15),
              base::to_hex({reinterpret_cast<const unsigned char*>(bytes.bytes().data() + 3), 1}));
}

TEST_P(Contract, takes_the_mac_address_and_the_interface_name_that_were_asked_for) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    auto guest = make_guest(where, "web");
    guest.endpoint.mac = "02:11:22:33:44:55";
    guest.endpoint.interface = "wan";
    EXPECT_EQ(attach(where, guest).mac, "02:11:22:33:44:55");
    EXPECT_EQ(link_named(guest.netns, "wan")["address"], "02:11:22:33:44:55");
}

TEST_P(Contract, refuses_addresses_outside_the_network) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    for (const std::string address : {"10.1.2.3/24", "nonsense", ""}) {
        auto guest = make_guest(where, "web");
        guest.endpoint.addresses = {address};
        EXPECT_THROW(static_cast<void>(attach(where, guest)), Error) << address;
    }
    auto guest = make_guest(where, "web");
    guest.endpoint.addresses = {where.subnets.at(0).gateway + "/20"};
    EXPECT_THROW(static_cast<void>(attach(where, guest)), Error) << "the gateway's own";
}

TEST_P(Contract, refuses_ports_where_it_publishes_none) {
    if (network().traits().ports) GTEST_SKIP() << "this one publishes ports";
    const auto where = make_network("bridge");
    const auto guest = make_guest(where, "web", {tcp(8080, 80)});
    EXPECT_THROW(static_cast<void>(attach(where, guest)), Error);
}

TEST_P(Contract, leaves_nothing_after_detach) {
    const auto where = make_network("bridge");
    const auto other = start(where, "other");
    const State before = state_of_host();
    auto ports = network().traits().ports
                     ? std::vector<PublishedPort>{tcp(8080, 80), udp(53, 53), tcp(81, 81, kHost6),
                                                  tcp(82, 82, kHost4)}
                     : std::vector<PublishedPort>{};
    const auto guest = start(where, "web", ports);
    network().detach(where, guest.endpoint);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Contract, leaves_nothing_after_the_network_is_removed) {
    const State before = state_of_host();
    const auto where = make_network("bridge");
    const auto second = make_network("second");
    const auto one = start(where, "one");
    const auto two = start(second, "two");
    network().detach(where, one.endpoint);
    network().detach(second, two.endpoint);
    network().remove(where);
    network().remove(second);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Contract, detaches_and_removes_what_is_gone_without_complaint) {
    const auto where = make_network("bridge");
    const auto guest = make_guest(where, "web");
    network().detach(where, guest.endpoint);
    network().remove(where);
    static_cast<void>(attach(where, guest));
    network().detach(where, guest.endpoint);
    network().detach(where, guest.endpoint);
    network().remove(where);
    network().remove(where);
}

TEST_P(Contract, puts_a_second_attach_in_the_place_of_the_first) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    const auto guest = start(where, "web", {tcp(8080, 80)});
    const std::string before = run_in(host(), {"nft", "list", "ruleset"});
    Guest again{Netns(), guest.endpoint, guest.v4, guest.v6};
    static_cast<void>(attach(where, again));
    EXPECT_EQ(run_in(host(), {"nft", "list", "ruleset"}), before);
    const EchoServer server(again.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Contract, undoes_what_it_did_when_it_fails) {
    NEEDS_ADDRESSES();
    const auto where = make_network("bridge");
    const auto holder = start(where, "holder", {tcp(8080, 80)});
    const State before = state_of_host();
    const auto guest = make_guest(where, "late", {tcp(8081, 80), tcp(8080, 80)});
    EXPECT_THROW(static_cast<void>(attach(where, guest)), Error);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Contract, reports_no_difference_when_there_is_none) {
    const auto where = make_network("bridge");
    const auto guest = start(where, "web");
    EXPECT_EQ(network().reconcile({where}, {{where.id, guest.endpoint}}, false),
              std::vector<std::string>());
}

} // namespace

INSTANTIATE_TEST_SUITE_P(Plugins, Contract, ::testing::Values("bridge", "host", "none"),
                         [](const auto& plugin) { return plugin.param; });

} // namespace berth::test
