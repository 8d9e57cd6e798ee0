// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's flag strings, good ones by what they mean, bad ones by what the message must name.
#include <csignal>

#include <gtest/gtest.h>

#include <spec/address_syntax.hpp>
#include <spec/csv.hpp>
#include <spec/mode_syntax.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/port_syntax.hpp>
#include <spec/resource_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::spec {
namespace {

template <class Parse>
std::string refusal(const Parse& parse, const std::string& text) {
    try {
        (void)parse(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "'" << text << "' was accepted";
    return {};
}

struct VolumeCase {
    const char* text;
    MountKind kind;
    const char* source;
    const char* target;
    bool read_only;
};

class Volume : public ::testing::TestWithParam<VolumeCase> {};

TEST_P(Volume, IsReadAsDockerReadsIt) {
    const auto mount = parse_volume(GetParam().text);
    EXPECT_EQ(mount.kind, GetParam().kind);
    EXPECT_EQ(mount.source, GetParam().source);
    EXPECT_EQ(mount.target, GetParam().target);
    EXPECT_EQ(mount.read_only, GetParam().read_only);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, Volume,
    ::testing::Values(VolumeCase{"/h:/c", MountKind::Bind, "/h", "/c", false},
                      VolumeCase{"/h/../x/:/c//d/.", MountKind::Bind, "/x", "/c/d", false},
                      VolumeCase{"/h:/c:ro,Z", MountKind::Bind, "/h", "/c", true},
                      VolumeCase{"/h:/c:rw,rslave", MountKind::Bind, "/h", "/c", false},
                      VolumeCase{"data:/c:ro", MountKind::Volume, "data", "/c", true},
                      VolumeCase{"data:/c:nocopy", MountKind::Volume, "data", "/c", false},
                      VolumeCase{"/c", MountKind::Volume, "", "/c", false},
                      VolumeCase{"/h:/proc/uptime", MountKind::Bind, "/h", "/proc/uptime", false},
                      VolumeCase{"/h:/../../c", MountKind::Bind, "/h", "/c", false}));

class BadVolume : public ::testing::TestWithParam<const char*> {};

TEST_P(BadVolume, IsRefusedWithItsFlag) {
    EXPECT_NE(refusal(parse_volume, GetParam()).find("--volume"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Flags, BadVolume,
                         ::testing::Values("", ":", "::", ":/c", "/h:", "/h:c", "rel/path:/c",
                                           "./x:/c", "../x:/c", "/h:/c:xx", "/h:/c:ro:rw", "/h:/",
                                           "/h:/..", "/h:/proc", "/h:/proc/sys", "/h://proc/./1",
                                           "/h:/c/../proc/self", "a:/c", "-x:/c", "x y:/c",
                                           "data:/c:rshared", "/h:/c:nocopy", "/h:/c:"));

TEST(Mount, KeysAreReadInAnyOrderAndSpelling) {
    const auto mount = parse_mount("type=bind,dst=/c,src=/h,readonly,bind-propagation=rslave");
    EXPECT_EQ(mount.kind, MountKind::Bind);
    EXPECT_EQ(mount.source, "/h");
    EXPECT_EQ(mount.target, "/c");
    EXPECT_TRUE(mount.read_only);
    EXPECT_EQ(mount.propagation, "rslave");
    EXPECT_FALSE(mount.create_source) << "--mount does not make the source";
    EXPECT_EQ(parse_mount("type=bind,\"source=/a,b\",target=/c").source, "/a,b");
    EXPECT_EQ(parse_mount("target=/c").kind, MountKind::Volume);
    const auto tmpfs = parse_mount("type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770");
    EXPECT_EQ(tmpfs.options, (std::vector<std::string>{"size=1048576", "mode=1770"}));
    EXPECT_FALSE(parse_mount("target=/c,readonly=false").read_only);
}

class BadMount : public ::testing::TestWithParam<const char*> {};

TEST_P(BadMount, IsRefusedWithItsFlag) {
    EXPECT_NE(refusal(parse_mount, GetParam()).find("--mount"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadMount,
    ::testing::Values("", "type=bind", "type=bind,target=/c", "type=bind,source=h,target=/c",
                      "type=nfs,target=/c", "type=tmpfs,source=/x,target=/c", "target=c", "target",
                      "target=/c,readonly=maybe", "target=/c,bind-propagation=rshared",
                      "type=bind,source=/h,target=/c,volume-nocopy",
                      "type=volume,target=/c,tmpfs-size=1m", "target=/c,volume-driver=nfs",
                      "target=/c,unknown=1", "\"target=/c", "type=bind,source=/h,target=/proc",
                      "type=bind,source=/h,target=/c,bind-propagation=weird",
                      "type=tmpfs,target=/t,tmpfs-mode=9", "source=../x,target=/c"));

TEST(Tmpfs, OptionsAreOfAKnownSet) {
    EXPECT_EQ(parse_tmpfs("/t:size=64m,mode=1777,exec").options.size(), 3U);
    EXPECT_TRUE(parse_tmpfs("/t:ro").read_only);
    EXPECT_EQ(parse_tmpfs("/t:size=50%").options.size(), 1U);
    for (const auto* bad : {"t", "/", "/t:lowerdir=/etc", "/t:size=", "/t:mode=999", "/t:remount",
                            "/proc:size=1m", "/t:size=1m\n"}) {
        EXPECT_NE(refusal(parse_tmpfs, bad).find("--tmpfs"), std::string::npos);
    }
}

TEST(Csv, QuotesHoldCommasAndQuotes) {
    EXPECT_EQ(parse_csv("a,\"b,c\",\"d\"\"e\",").value(),
              (std::vector<std::string>{"a", "b,c", "d\"e", ""}));
    EXPECT_FALSE(parse_csv("\"a"));
    EXPECT_FALSE(parse_csv("a\"b"));
    EXPECT_FALSE(parse_csv("\"a\"b"));
}

TEST(Publish, EveryFormIsRead) {
    const auto one = parse_publish("127.0.0.1:8080:80/udp");
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].host_address, "127.0.0.1");
    EXPECT_EQ(one[0].host_port, 8080);
    EXPECT_EQ(one[0].container_port, 80);
    EXPECT_EQ(one[0].protocol, PortProtocol::Udp);
    EXPECT_EQ(parse_publish("80")[0].host_port, 0);
    EXPECT_EQ(parse_publish("127.0.0.1::80")[0].host_port, 0);
    EXPECT_EQ(parse_publish("[::1]:8080:80")[0].host_address, "::1");
    const auto range = parse_publish("8000-8002:80-82");
    ASSERT_EQ(range.size(), 3U);
    EXPECT_EQ(range[2].host_port, 8002);
    EXPECT_EQ(range[2].container_port, 82);
    EXPECT_EQ(parse_publish("65535:65535")[0].host_port, 65535);
}

class BadPublish : public ::testing::TestWithParam<const char*> {};

TEST_P(BadPublish, IsRefusedWithItsFlag) {
    EXPECT_NE(refusal(parse_publish, GetParam()).find("--publish"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Flags, BadPublish,
                         ::testing::Values("", "x", "0", "80:0", "65536", "80:65536", "-1:80",
                                           "80/icmp", "80/", "1:2:3:4", "999.1.1.1:80:80",
                                           "localhost:80:80", "8000-8001:80", "81-80", "[::1:80:80",
                                           "[::1]80", "80:80:", " 80", "+80", "0x50", "::1:80:80"));

TEST(Expose, RangesAreSpelledOut) {
    EXPECT_EQ(parse_expose("expose", "80-82/UDP"),
              (std::vector<std::string>{"80/udp", "81/udp", "82/udp"}));
    EXPECT_EQ(parse_expose("expose", "1-65535").size(), 65535U);
}

TEST(Publish, OnePortOfTheHostIsNotPublishedTwice) {
    auto ports = parse_publish("80:80");
    ports.push_back(parse_publish("80:81")[0]);
    EXPECT_THROW(require_distinct_ports(ports), Error);
    ports[1].protocol = PortProtocol::Udp;
    EXPECT_NO_THROW(require_distinct_ports(ports));
}

TEST(Ulimit, SoftAndHardLimits) {
    EXPECT_EQ(parse_ulimit("nofile=10:20").hard, 20U);
    EXPECT_EQ(parse_ulimit("nofile=10").hard, 10U);
    EXPECT_EQ(parse_ulimit("core=-1").soft, UINT64_MAX);
    for (const auto* bad : {"nofile", "nofile=", "nofile=20:10", "bogus=1", "nofile=a", "=1",
                            "nofile=1:2:3", "nofile=-2"}) {
        EXPECT_NE(refusal(parse_ulimit, bad).find("--ulimit"), std::string::npos);
    }
}

TEST(DeviceFlag, PathsAndPermissions) {
    EXPECT_EQ(parse_device("/dev/fuse").container_path, "/dev/fuse");
    EXPECT_EQ(parse_device("/dev/a:/dev/b:r").permissions, "r");
    EXPECT_EQ(parse_device("/dev/a:rw").permissions, "rw");
    EXPECT_EQ(parse_device("/dev/a:rw").container_path, "/dev/a");
    for (const auto* bad : {"", "fuse", "/dev/a:b", "/dev/a:/dev/b:x", "/dev/a:r:/b",
                            "/dev/a::", "/dev/a:/proc/x", "/a:/b:r:w"}) {
        EXPECT_NE(refusal(parse_device, bad).find("--device"), std::string::npos);
    }
}

TEST(Restart, PoliciesAndCounts) {
    EXPECT_EQ(parse_restart("").mode, RestartMode::No);
    EXPECT_EQ(parse_restart("on-failure:5").max_retries, 5U);
    EXPECT_EQ(parse_restart("unless-stopped").mode, RestartMode::UnlessStopped);
    for (const auto* bad : {"sometimes", "always:3", "no:1", "on-failure:", "on-failure:-1",
                            "on-failure:x", "Always"}) {
        EXPECT_NE(refusal(parse_restart, bad).find("--restart"), std::string::npos);
    }
}

TEST(Sysctl, OnlyNamespacedOnesAndNoSmuggling) {
    const auto parse = [](const std::string& text) { return parse_sysctl(text, true, true); };
    EXPECT_EQ(parse("net.ipv4.ip_forward=1").first, "net.ipv4.ip_forward");
    EXPECT_EQ(parse("net/ipv4/ip_forward=1").first, "net.ipv4.ip_forward");
    EXPECT_EQ(parse("kernel.sem=1 2 3 4").second, "1 2 3 4");
    for (const auto* bad : {"kernel.core_pattern=|/x", "net.x", "kernel.sem+kernel.core_pattern=x",
                            "net.../x=1", "net.ipv4.x=1\nkernel.core_pattern=2", "=1",
                            "vm.swappiness=1", "net.ipv4.conf/../../kernel/x=1"}) {
        EXPECT_NE(refusal(parse, bad).find("--sysctl"), std::string::npos);
    }
    EXPECT_THROW((void)parse_sysctl("net.ipv4.ip_forward=1", false, true), Error);
    EXPECT_THROW((void)parse_sysctl("kernel.sem=1", true, false), Error);
}

TEST(SignalName, NamesNumbersAndRealTime) {
    EXPECT_EQ(parse_signal("SIGTERM"), 15);
    EXPECT_EQ(parse_signal("kill"), 9);
    EXPECT_EQ(parse_signal("1"), 1);
    EXPECT_EQ(parse_signal("RTMIN+3"), SIGRTMIN + 3);
    EXPECT_EQ(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
    EXPECT_EQ(parse_signal("SIGRTMAX"), SIGRTMAX);
    for (const auto* bad : {"", "0", "65", "-1", "SIG", "SIGNOPE", "RTMIN-1", "RTMIN+99", "TERM\n",
                            "SIGSIGTERM", "15 "}) {
        EXPECT_FALSE(parse_signal(bad)) << bad;
    }
}

TEST(Address, MacAndHosts) {
    EXPECT_EQ(parse_mac("02-42-AC-11-00-02"), "02:42:ac:11:00:02");
    for (const auto* bad : {"", "02:42", "03:42:ac:11:00:02", "0g:42:ac:11:00:02"}) {
        EXPECT_NE(refusal(parse_mac, bad).find("--mac-address"), std::string::npos);
    }
    EXPECT_EQ(parse_extra_host("db=[::1]"), "db:::1");
    EXPECT_EQ(parse_extra_host("db:10.0.0.1"), "db:10.0.0.1");
    EXPECT_EQ(parse_extra_host("gw:host-gateway"), "gw:host-gateway");
    for (const auto* bad :
         {"db", "db:", ":1.1.1.1", "a b:1.1.1.1", "db:name", "db:1.1.1.1\n2.2.2.2 x"}) {
        EXPECT_NE(refusal(parse_extra_host, bad).find("--add-host"), std::string::npos);
    }
}

TEST(Mode, NamespacesAndSlices) {
    EXPECT_EQ(parse_network_mode(""), "default");
    EXPECT_EQ(parse_network_mode("container:web"), "container:web");
    EXPECT_EQ(parse_ipc_mode("shareable"), "");
    EXPECT_EQ(parse_cgroup_parent("web.slice"), "web.slice");
    EXPECT_THROW((void)parse_network_mode("container:"), Error);
    EXPECT_THROW((void)parse_pid_mode("container:../x"), Error);
    EXPECT_THROW((void)parse_cgroup_parent("/web"), Error);
    EXPECT_THROW((void)parse_cgroup_parent("a/b.slice"), Error);
    EXPECT_THROW((void)parse_cgroup_parent(".slice"), Error);
    EXPECT_THROW(check_userns("keep-id"), Error);
}

} // namespace
} // namespace berth::spec
