// SPDX-License-Identifier: LGPL-2.1-or-later
// Leftovers, losses and crowds: what a crash, another program's flush, many containers and many
// processes do to a network.
#include <csignal>
#include <set>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <tests/contract/network/fixture.hpp>

#include <berth/error.hpp>

namespace berth::test {

namespace {

class Recover : public NetworkTest {
  protected:
    void SetUp() override {
        NetworkTest::SetUp();
        if (!IsSkipped() && !has_addresses()) GTEST_SKIP() << "no addresses, nothing to lose";
    }

    using Endpoints = std::vector<std::pair<NetworkId, Endpoint>>;
    std::vector<std::string> differences(const std::vector<NetworkConfig>& networks,
                                         const Endpoints& endpoints) {
        return network().reconcile(networks, endpoints, false);
    }
    void mend(const std::vector<NetworkConfig>& networks, const Endpoints& endpoints) {
        EXPECT_FALSE(network().reconcile(networks, endpoints, true).empty());
        EXPECT_EQ(differences(networks, endpoints), std::vector<std::string>());
    }
};

std::string message_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST_P(Recover, leftovers_of_a_container_that_is_gone_are_found_and_removed) {
    const auto where = make_network("bridge");
    const auto kept = start(where, "kept", {tcp(80, 80)});
    const State before = state_of_host();
    const auto dead = start(where, "dead", {tcp(8080, 80), udp(8080, 80, kHost4)});
    const Endpoints records{{where.id, kept.endpoint}};
    EXPECT_EQ(differences({where}, records).size(), 4) << "an interface and three elements";
    EXPECT_NE(changes_since(before), "") << "looking changes nothing";
    mend({where}, records);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Recover, leftovers_of_a_network_that_is_gone_are_found_and_removed) {
    const auto kept = make_network("kept");
    const auto guest = start(kept, "guest");
    const State before = state_of_host();
    NetworkConfig wanted{network_id("dead"), "dead", GetParam(), {}, true, "", {}};
    const auto dead = make_network(wanted);
    static_cast<void>(start(dead, "dead"));
    const Endpoints records{{kept.id, guest.endpoint}};
    mend({kept}, records);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Recover, flushed_rules_are_put_back) {
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80), tcp(8081, 80, "127.0.0.1")});
    const EchoServer server(web.netns, 80);
    run_in(host(), {"nft", "flush", "ruleset"});
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), "refused");
    const Endpoints records{{where.id, web.endpoint}};
    EXPECT_FALSE(differences({where}, records).empty());
    mend({where}, records);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
    EXPECT_EQ(ask(host(), Transport::Tcp, "127.0.0.1", 8081), where.subnets.at(0).gateway);
}

TEST_P(Recover, an_attach_after_a_flush_makes_the_rules_anew) {
    const auto where = make_network("bridge");
    const auto first = start(where, "first");
    run_in(host(), {"nft", "flush", "ruleset"});
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Recover, an_attach_makes_a_bridge_that_was_taken_away_anew) {
    const auto where = make_network("bridge");
    static_cast<void>(start(where, "first"));
    run_in(host(), {"ip", "link", "del", where.interface});
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Recover, a_half_made_bridge_is_finished) {
    const auto where = make_network("bridge");
    run_in(host(), {"ip", "link", "add", where.interface, "type", "bridge"});
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Recover, an_interface_of_somebody_else_is_not_touched) {
    const auto where = make_network("bridge");
    run_in(host(), {"ip", "link", "add", where.interface, "type", "bridge"});
    run_in(host(), {"ip", "link", "set", where.interface, "up", "alias", "mine"});
    const auto guest = make_guest(where, "web");
    const State before = state_of_host();
    const std::string message = message_of([&] { static_cast<void>(attach(where, guest)); });
    EXPECT_NE(message.find(where.interface), std::string::npos) << message;
    network().remove(where);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Recover, tables_of_others_are_not_touched) {
    run_in(host(),
           {"sh", "-c",
            "nft 'add table ip filter { chain f { type filter hook forward priority 0; "
            "policy accept; counter; }; }; add table inet other { set berth { type mark; }; "
            "}'"});
    const auto others = [this] {
        return run_in(host(),
                      {"sh", "-c", "nft -s list table ip filter; nft list table inet other"});
    };
    const std::string before = others();
    const auto where = make_network("bridge");
    const auto web = start(where, "web", {tcp(8080, 80)});
    EXPECT_EQ(others(), before);
    network().detach(where, web.endpoint);
    network().remove(where);
    EXPECT_EQ(others(), before);
    EXPECT_EQ(run_in(host(), {"nft", "list", "tables"}).find("inet berth"), std::string::npos);
}

TEST_P(Recover, a_port_of_a_dead_container_is_taken_over) {
    const auto where = make_network("bridge");
    {
        const auto dead = start(where, "dead", {tcp(8080, 80)});
        run_in(host(),
               {"sh", "-c", "ip -j link | grep -o 'veth[0-9a-f]*' | head -1 | xargs ip link del"});
    }
    const auto web = start(where, "web", {tcp(8080, 80)});
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Recover, a_late_detach_leaves_the_successor_its_port) {
    const auto where = make_network("bridge");
    const auto dead = start(where, "dead", {tcp(8080, 80)});
    run_in(host(),
           {"sh", "-c", "ip -j link | grep -o 'veth[0-9a-f]*' | head -1 | xargs ip link del"});
    const auto web = start(where, "web", {tcp(8080, 80)});
    network().detach(where, dead.endpoint);
    const EchoServer server(web.netns, 80);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 8080), kLan4);
}

TEST_P(Recover, a_port_in_use_is_refused_and_its_holder_named) {
    const auto where = make_network("bridge");
    const auto holder = start(where, "holder", {tcp(8080, 80)});
    const auto late = make_guest(where, "late", {tcp(8080, 80)});
    EXPECT_EQ(message_of([&] { static_cast<void>(attach(where, late)); }),
              "cannot publish port 8080/tcp: container 'holder' has it");
    const EchoServer on_host(host(), 9090);
    for (const auto& port :
         {tcp(9090, 80), udp(9090, 80), tcp(9090, 80, "127.0.0.1"), tcp(9090, 80, kHost6)}) {
        const auto guest = make_guest(where, "guest", {port});
        const std::string message = message_of([&] { static_cast<void>(attach(where, guest)); });
        EXPECT_NE(message.find("(process " + std::to_string(::getpid()) + ") has it"),
                  std::string::npos)
            << message;
    }
    const auto nowhere = make_guest(where, "nowhere", {tcp(80, 80, "198.51.100.7")});
    EXPECT_EQ(message_of([&] { static_cast<void>(attach(where, nowhere)); }),
              "cannot publish port 198.51.100.7:80/tcp: the host has no address 198.51.100.7");
}

TEST_P(Recover, two_hundred_containers_come_and_go) {
    const auto where = make_network("bridge");
    const auto first = start(where, "first");
    const State before = state_of_host();
    std::vector<Guest> guests;
    for (std::uint16_t i = 0; i < 200; ++i) {
        guests.push_back(start(where, "c" + std::to_string(i),
                               {tcp(static_cast<std::uint16_t>(10000 + i), 80)}));
    }
    const EchoServer server(guests.back().netns, 80);
    EXPECT_EQ(ask(guests.front().netns, Transport::Tcp, guests.back().v4, 80), guests.front().v4);
    EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, 10199), kLan4);
    for (const auto& guest : guests)
        network().detach(where, guest.endpoint);
    EXPECT_EQ(changes_since(before), "");
}

TEST_P(Recover, many_processes_attach_at_once) {
    constexpr int kProcesses = 12;
    std::vector<NetworkConfig> networks{make_network("bridge"), make_network("second")};
    std::vector<Guest> guests;
    for (std::uint16_t i = 0; i < kProcesses; ++i) {
        guests.push_back(make_guest(networks[i % 2U], "c" + std::to_string(i),
                                    {tcp(static_cast<std::uint16_t>(8000 + i), 80)}));
    }
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                static_cast<void>(attach(networks[static_cast<unsigned>(i) % 2U],
                                         guests[static_cast<unsigned>(i)]));
                ::_exit(0);
            } catch (const Error& error) {
                std::fprintf(stderr, "%s\n", error.what());
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    Endpoints records;
    for (std::size_t i = 0; i < guests.size(); ++i) {
        records.emplace_back(networks[i % 2].id, guests[i].endpoint);
        const EchoServer server(guests[i].netns, 80);
        EXPECT_EQ(ask(lan(), Transport::Tcp, kHost4, static_cast<std::uint16_t>(8000 + i)), kLan4);
    }
    EXPECT_EQ(differences(networks, records), std::vector<std::string>());
    const std::string rules = run_in(host(), {"nft", "list", "chain", "inet", "berth", "forward"});
    EXPECT_EQ(rules.find("ct status dnat accept"), rules.rfind("ct status dnat accept"));
}

TEST_P(Recover, an_attach_killed_at_any_moment_leaves_nothing_that_is_not_found) {
    const auto where = make_network("bridge");
    const auto kept = start(where, "kept");
    const State before = state_of_host();
    const Endpoints records{{where.id, kept.endpoint}};
    for (int delay = 0; delay < 3000; delay += 150) {
        const auto guest = make_guest(where, "c" + std::to_string(delay), {tcp(8080, 80)});
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                static_cast<void>(attach(where, guest));
            } catch (const Error&) {
            }
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(delay));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        static_cast<void>(network().reconcile({where}, records, true));
        network().detach(where, guest.endpoint); // before the namespace goes and the pair with it
        ASSERT_EQ(changes_since(before), "") << "killed after " << delay << " us";
    }
}

} // namespace

INSTANTIATE_TEST_SUITE_P(Plugins, Recover, ::testing::Values("bridge"),
                         [](const auto& plugin) { return plugin.param; });

} // namespace berth::test
