// SPDX-License-Identifier: LGPL-2.1-or-later
// Who reaches whom: containers, the host and a machine of the LAN, over IPv4 and IPv6, TCP and UDP.
// The server answers with the address it was asked from, so a lost source address shows.
#include <tuple>

#include <gtest/gtest.h>
#include <tests/contract/network/fixture.hpp>

#include <berth/error.hpp>

namespace berth::test {

namespace {

class Reach : public NetworkTest {
  protected:
    void SetUp() override {
        NetworkTest::SetUp();
        if (!IsSkipped() && !has_addresses()) GTEST_SKIP() << "no addresses, no reach";
    }
};

const Transport kTransports[] = {Transport::Tcp, Transport::Udp};

TEST_P(Reach, containers_of_a_network_reach_each_other_and_the_host) {
    const auto where = make_network("bridge");
    const auto one = start(where, "one");
    const auto two = start(where, "two");
    const EchoServer server(two.netns, 80);
    const EchoServer on_host(host(), 90);
    for (const auto transport : kTransports) {
        EXPECT_EQ(ask(one.netns, transport, two.v4, 80), one.v4);
        EXPECT_EQ(ask(one.netns, transport, two.v6, 80), one.v6);
        EXPECT_EQ(ask(one.netns, transport, where.subnets.at(0).gateway, 90), one.v4);
        EXPECT_EQ(ask(one.netns, transport, where.subnets.at(1).gateway, 90), one.v6);
        EXPECT_EQ(ask(host(), transport, two.v4, 80), where.subnets.at(0).gateway);
        EXPECT_EQ(ask(host(), transport, two.v6, 80), where.subnets.at(1).gateway);
    }
}

TEST_P(Reach, the_first_packet_after_attach_arrives) {
    const auto where = make_network("bridge");
    const EchoServer on_host(host(), 90);
    for (int i = 0; i < 20; ++i) {
        const auto guest = start(where, "c" + std::to_string(i));
        // Shorter than the second after which TCP would send again.
        EXPECT_EQ(ask(guest.netns, Transport::Udp, where.subnets.at(0).gateway, 90, 900), guest.v4);
    }
}

TEST_P(Reach, leaving_packets_get_the_address_of_the_host) {
    const auto where = make_network("bridge");
    const auto guest = start(where, "web");
    const EchoServer server(lan(), 80);
    for (const auto transport : kTransports) {
        EXPECT_EQ(ask(guest.netns, transport, kLan4, 80), kHost4);
        EXPECT_EQ(ask(guest.netns, transport, kLan6, 80), kHost6);
    }
}

TEST_P(Reach, a_port_published_everywhere_is_reached_from_everywhere) {
    const auto where = make_network("bridge");
    const auto elsewhere = make_network("elsewhere");
    const auto web = start(where, "web", {tcp(8080, 80), udp(8080, 80)});
    const auto other = start(where, "other");
    const auto stranger = start(elsewhere, "stranger");
    const EchoServer server(web.netns, 80);
    const std::string gateway4 = where.subnets.at(0).gateway;
    const std::string gateway6 = where.subnets.at(1).gateway;
    struct Cell {
        const char* who;
        const Netns& from;
        std::string to;
        std::string seen; ///< the source the server sees
    };
    const std::vector<Cell> cells{
        {"loopback", host(), "127.0.0.1", gateway4},
        {"loopback", host(), "127.9.9.9", gateway4},
        {"host address", host(), kHost4, kHost4},
        {"host address", host(), kHost6, kHost6},
        {"LAN client", lan(), kHost4, kLan4},
        {"LAN client", lan(), kHost6, kLan6},
        {"other container", other.netns, kHost4, gateway4},
        {"other container", other.netns, kHost6, gateway6},
        {"other container, by the gateway", other.netns, gateway4, gateway4},
        {"itself", web.netns, kHost4, gateway4},
        {"itself", web.netns, kHost6, gateway6},
        {"other network", stranger.netns, kHost4, stranger.v4},
        {"other network", stranger.netns, kHost6, stranger.v6},
    };
    for (const auto& cell : cells) {
        for (const auto transport : kTransports) {
            EXPECT_EQ(ask(cell.from, transport, cell.to, 8080), cell.seen)
                << cell.who << " to " << cell.to
                << (transport == Transport::Tcp ? " by tcp" : " by udp");
        }
    }
}

TEST_P(Reach, a_port_published_on_loopback_is_the_hosts_alone) {
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80, "127.0.0.1"), udp(8080, 80, "127.0.0.1")});
    const auto other = start(where, "other");
    const EchoServer server(web.netns, 80);
    for (const auto transport : kTransports) {
        EXPECT_EQ(ask(host(), transport, "127.0.0.1", 8080), where.subnets.at(0).gateway);
        EXPECT_NE(ask(lan(), transport, kHost4, 8080, kSilence), kLan4);
        EXPECT_NE(ask(lan(), transport, kHost6, 8080, kSilence), kLan6);
    }
    // A machine of the LAN that sends packets for 127.0.0.1 to us gets nowhere.
    run_in(lan(), {"sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet"});
    run_in(lan(), {"ip", "addr", "del", "127.0.0.1/8", "dev", "lo"});
    run_in(lan(), {"ip", "route", "add", "127.0.0.1", "via", kHost4, "src", kLan4});
    EXPECT_EQ(ask(lan(), Transport::Tcp, "127.0.0.1", 8080, kSilence), "no answer");
    EXPECT_EQ(ask(lan(), Transport::Udp, "127.0.0.1", 8080, kSilence), "no answer");
}

TEST_P(Reach, ipv6_loopback_is_refused_as_a_place_to_publish) {
    const auto where = make_network("bridge");
    try {
        (void)start(where, "web", {tcp(8080, 80, "::1")});
        FAIL() << "it was published on an address no answer comes back to";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("publish on 127.0.0.1"), std::string::npos)
            << error.what();
    }
}

TEST_P(Reach, a_port_published_on_one_address_is_not_on_another) {
    const auto where = make_network("bridge");
    run_in(host(), {"ip", "addr", "add", "10.9.0.77/24", "dev", "up0"});
    const auto web = start(where, "web", {tcp(8080, 80, "10.9.0.77"), tcp(8081, 80, kHost6)});
    const auto second = start(where, "second", {tcp(8080, 80, kHost4)});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, "10.9.0.77", 8080), kLan4);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), "refused") << "the second has no server";
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost6, 8081), kLan6);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8081), "refused");
}

TEST_P(Reach, an_unspecified_host_address_means_every_one_of_its_family) {
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8004, 80, "0.0.0.0"), tcp(8006, 80, "::")});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8004), kLan4);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost6, 8004), "refused");
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost6, 8006), kLan6);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8006), "refused");
}

TEST_P(Reach, a_port_that_is_not_published_is_not_reached_from_the_lan) {
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer published(web.netns, 80);
    const EchoServer hidden(web.netns, 81);
    // Not even by a machine that sends packets for the container's own address to the host.
    run_in(lan(), {"ip", "route", "add", where.subnets.at(0).cidr, "via", kHost4});
    run_in(lan(), {"ip", "-6", "route", "add", where.subnets.at(1).cidr, "via", kHost6});
    for (const auto transport : kTransports) {
        EXPECT_EQ(ask(lan(), transport, web.v4, 81, kSilence), "no answer");
        EXPECT_EQ(ask(lan(), transport, web.v6, 81, kSilence), "no answer");
    }
    EXPECT_EQ(ask(lan(), Transport::Tcp, web.v4, 80, kSilence), "no answer");
}

TEST_P(Reach, networks_do_not_reach_each_other) {
    const auto one = make_network("one");
    const auto two = make_network("two");
    const auto here = start(one, "here");
    const auto there = start(two, "there");
    const EchoServer server(there.netns, 80);
    for (const auto transport : kTransports) {
        EXPECT_EQ(ask(here.netns, transport, there.v4, 80, kSilence), "no answer");
        EXPECT_EQ(ask(here.netns, transport, there.v6, 80, kSilence), "no answer");
    }
}

TEST_P(Reach, an_internal_network_has_no_way_out) {
    NetworkConfig wanted{network_id("cell"), "cell", GetParam(), {}, true, "", {}};
    const auto cell = make_network(wanted);
    const auto outside = make_network("bridge");
    const auto web = start(outside, "web", {tcp(8080, 80)});
    const auto one = start(cell, "one");
    const auto two = start(cell, "two");
    const EchoServer in_cell(two.netns, 80);
    const EchoServer in_web(web.netns, 80);
    const EchoServer in_lan(lan(), 80);
    EXPECT_EQ(ask(one.netns, Transport::Tcp, two.v4, 80), one.v4);
    EXPECT_EQ(ask(one.netns, Transport::Tcp, kLan4, 80, kSilence), "no answer");
    // A root in the container can give itself routes.
    run_in(one.netns, {"ip", "route", "add", "default", "via", cell.subnets.at(0).gateway});
    run_in(one.netns, {"ip", "-6", "route", "add", "default", "via", cell.subnets.at(1).gateway});
    EXPECT_EQ(ask(one.netns, Transport::Tcp, kLan4, 80, kSilence), "no answer");
    EXPECT_EQ(ask(one.netns, Transport::Tcp, kLan6, 80, kSilence), "no answer");
    EXPECT_EQ(ask(one.netns, Transport::Udp, web.v4, 80, kSilence), "no answer");
    EXPECT_EQ(ask(one.netns, Transport::Tcp, kHost4, 8080, kSilence), "no answer");
}

TEST_P(Reach, without_icc_containers_reach_each_other_by_published_ports_only) {
    NetworkConfig wanted{network_id("quiet"), "quiet", GetParam(), {}, false, "",
                         {{"icc", "false"}}};
    const auto quiet = make_network(wanted);
    const auto one = start(quiet, "one");
    const auto two = start(quiet, "two", {tcp(8080, 80)});
    const EchoServer server(two.netns, 80);
    EXPECT_EQ(ask(one.netns, Transport::Tcp, two.v4, 80, kSilence), "no answer");
    EXPECT_EQ(ask(one.netns, Transport::Udp, two.v6, 80, kSilence), "no answer");
    EXPECT_EQ(ask(one.netns, Transport::Tcp, kHost4, 8080), quiet.subnets.at(0).gateway);
    EXPECT_EQ(ask(host(), Transport::Tcp, two.v4, 80), quiet.subnets.at(0).gateway);
}

TEST_P(Reach, a_container_does_not_reach_what_the_host_has_on_loopback) {
    const auto where = make_network("bridge");
    const auto guest = start(where, "web");
    const EchoServer on_host(host(), 90);
    const std::string gateway = where.subnets.at(0).gateway;
    run_in(guest.netns, {"sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet"});
    run_in(guest.netns, {"ip", "addr", "del", "127.0.0.1/8", "dev", "lo"});
    run_in(guest.netns, {"ip", "route", "add", "127.0.0.1", "via", gateway, "src", guest.v4});
    EXPECT_EQ(ask(guest.netns, Transport::Udp, gateway, 90), guest.v4) << "the way is open";
    EXPECT_EQ(ask(guest.netns, Transport::Udp, "127.0.0.1", 90, kSilence), "no answer");
    EXPECT_EQ(ask(guest.netns, Transport::Tcp, "127.0.0.1", 90, kSilence), "no answer");
}

TEST_P(Reach, forwarding_is_for_containers_alone) {
    const Netns far;
    lay_cable({host(), "up1", {"10.8.0.1/24", "fd98::1/64"}},
              {far, "eth0", {"10.8.0.2/24", "fd98::2/64"}});
    run_in(far, {"ip", "route", "add", "default", "via", "10.8.0.1"});
    run_in(far, {"ip", "-6", "route", "add", "default", "via", "fd98::1"});
    run_in(lan(), {"ip", "route", "add", "default", "via", kHost4});
    run_in(lan(), {"ip", "-6", "route", "add", "default", "via", kHost6});
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer server(web.netns, 80);
    const EchoServer in_far(far, 80);
    EXPECT_EQ(ask(far, Transport::Tcp, "10.8.0.1", 8080), "10.8.0.2");
    EXPECT_EQ(ask(far, Transport::Tcp, "fd98::1", 8080), "fd98::2");
    EXPECT_EQ(ask(web.netns, Transport::Tcp, "10.8.0.2", 80), "10.8.0.1");
    EXPECT_EQ(ask(lan(), Transport::Tcp, "10.8.0.2", 80, kSilence), "no answer");
    EXPECT_EQ(ask(lan(), Transport::Tcp, "fd98::2", 80, kSilence), "no answer");
}

TEST_P(Reach, the_publish_scope_decides_who_reaches_ports_without_an_address) {
    const Netns far; // behind the LAN's machine
    lay_cable({lan(), "eth1", {"10.7.0.1/24"}}, {far, "eth0", {"10.7.0.2/24"}});
    run_in(far, {"ip", "route", "add", "default", "via", "10.7.0.1"});
    run_in(lan(), {"sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"});
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80), tcp(8081, 80, kHost4)});
    const auto other = start(where, "other");
    const EchoServer server(web.netns, 80);
    struct Case {
        const char* scope;
        const char* from_lan;
        const char* from_far;
    };
    for (const auto& [scope, from_lan, from_far] :
         {Case{"all", kLan4, "10.7.0.2"}, Case{"lan", kLan4, "refused"},
          Case{"local", "refused", "refused"}}) {
        configure(std::string("[network]\npublish-scope = \"") + scope + "\"\n");
        const auto extra = start(where, std::string("extra-") + scope);
        EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), from_lan) << scope;
        EXPECT_EQ(ask(far, Transport::Tcp, kHost4, 8080), from_far) << scope;
        EXPECT_EQ(ask(host(), Transport::Tcp, "127.0.0.1", 8080), where.subnets.at(0).gateway);
        EXPECT_EQ(ask(other.netns, Transport::Tcp, kHost4, 8080), where.subnets.at(0).gateway);
        EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8081), kLan4) << "an address was named";
    }
}

TEST_P(Reach, a_thousand_published_ports_are_elements_and_no_rules) {
    const auto where = make_network("bridge");
    const auto none = start(where, "none");
    const auto rules = [this] {
        const std::string count = "nft -j list ruleset | grep -o '\"rule\":' | wc -l";
        return run_in(host(), {"sh", "-c", count});
    };
    const std::string before = rules();
    std::vector<PublishedPort> ports;
    for (std::uint16_t port = 20000; port < 21000; ++port)
        ports.push_back(tcp(port, 80));
    const auto web = start(where, "web", ports);
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(rules(), before);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 20000), kLan4);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost6, 20999), kLan6);
}

TEST_P(Reach, a_restarted_container_answers_the_same_client) {
    const auto where = make_network("bridge");
    for (int i = 0; i < 3; ++i) {
        const auto web = start(where, "web" + std::to_string(i), {tcp(8080, 80), udp(8080, 80)});
        const EchoServer server(web.netns, 80);
        for (const auto transport : kTransports) {
            EXPECT_EQ(ask(lan(), transport, kHost4, 8080), kLan4);
            EXPECT_EQ(ask(host(), transport, "127.0.0.1", 8080), where.subnets.at(0).gateway);
        }
        network().detach(where, web.endpoint);
    }
}

} // namespace

INSTANTIATE_TEST_SUITE_P(Plugins, Reach, ::testing::Values("bridge"),
                         [](const auto& plugin) { return plugin.param; });

} // namespace berth::test
