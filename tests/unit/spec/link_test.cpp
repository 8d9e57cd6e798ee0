// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <spec/link_syntax.hpp>

namespace berth::spec {
namespace {

TEST(LinkTest, HasTheContainersNameAsAliasByDefault) {
    EXPECT_EQ(link_text(parse_link("redis:db")), "redis:db");
    EXPECT_EQ(link_text(parse_link("redis")), "redis:redis");
    EXPECT_EQ(link_text(parse_link("/redis:db")), "redis:db");
}

TEST(LinkTest, RefusesWhatNoHostsFileCanHold) {
    for (const char* text :
         {"", ":", "redis:", ":db", "redis:a b", "redis:a\nb", "a:b:c", "re dis"})
        EXPECT_THROW((void)parse_link(text), Error) << text;
}

TEST(LinkTest, GivesTheVariablesOfDocker) {
    ContainerSpec target;
    target.exposed = {"6379/tcp", "53/udp"};
    target.env = {"PATH=/bin", "HOME=/root", "FLAVOUR=a=b", "broken"};
    const std::vector<std::string> wanted{"MY_DB_NAME=/web/my-db",
                                          "MY_DB_PORT=udp://10.0.0.2:53",
                                          "MY_DB_PORT_53_UDP=udp://10.0.0.2:53",
                                          "MY_DB_PORT_53_UDP_ADDR=10.0.0.2",
                                          "MY_DB_PORT_53_UDP_PORT=53",
                                          "MY_DB_PORT_53_UDP_PROTO=udp",
                                          "MY_DB_PORT_6379_TCP=tcp://10.0.0.2:6379",
                                          "MY_DB_PORT_6379_TCP_ADDR=10.0.0.2",
                                          "MY_DB_PORT_6379_TCP_PORT=6379",
                                          "MY_DB_PORT_6379_TCP_PROTO=tcp",
                                          "MY_DB_ENV_FLAVOUR=a=b"};
    EXPECT_EQ(link_environment({"redis", "my-db"}, "web", target, "10.0.0.2"), wanted);
}

TEST(LinkTest, CountsAPublishedPortOnce) {
    ContainerSpec target;
    target.exposed = {"80/tcp"};
    target.ports.push_back({.container_port = 80});
    const auto env = link_environment({"web", "web"}, "one", target, "10.0.0.2");
    EXPECT_EQ(env.size(), 6U);
}

TEST(LinkTest, PutsAnIpv6AddressInBracketsInUrlsAlone) {
    ContainerSpec target;
    target.exposed = {"80/tcp"};
    const std::vector<std::string> wanted{"A_NAME=/one/a",
                                          "A_PORT=tcp://[fd00::2]:80",
                                          "A_PORT_80_TCP=tcp://[fd00::2]:80",
                                          "A_PORT_80_TCP_ADDR=fd00::2",
                                          "A_PORT_80_TCP_PORT=80",
                                          "A_PORT_80_TCP_PROTO=tcp"};
    EXPECT_EQ(link_environment({"web", "a"}, "one", target, "fd00::2"), wanted);
}

TEST(LinkTest, WithoutPortsLeavesTheName) {
    EXPECT_EQ(link_environment({"a", "b"}, "c", {}, "10.0.0.2"),
              std::vector<std::string>{"B_NAME=/c/b"});
}

} // namespace
} // namespace berth::spec
