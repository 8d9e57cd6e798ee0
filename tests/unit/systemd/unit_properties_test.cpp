// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <bus/connection.hpp>
#include <systemd/unit_path.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::systemd {
namespace {

Bytes mask_of(const std::string& list) {
    UnitProperties unit;
    unit.set_cpu_list("AllowedCPUs", list);
    return std::get<Bytes>(*unit.find("AllowedCPUs"));
}

TEST(UnitPropertiesTest, TurnsACpuListIntoTheBitMaskSystemdTakes) {
    EXPECT_EQ(mask_of("0"), (Bytes{0x01}));
    EXPECT_EQ(mask_of("0-3,7"), (Bytes{0x8F}));
    EXPECT_EQ(mask_of("1, 8-9"), (Bytes{0x02, 0x03}));
    EXPECT_EQ(mask_of("8191").size(), 1024U);
}

TEST(UnitPropertiesTest, RefusesWhatIsNoCpuList) {
    for (const char* bad : {"", "a", "3-1", "1-2-3", "-1", "8192", "1,,2", "0-99999999999"}) {
        EXPECT_THROW(mask_of(bad), Error) << bad;
    }
}

TEST(UnitPropertiesTest, GivesTheLastValueOfAName) {
    UnitProperties unit;
    unit.set("Description", "one").set("Description", "two").set("Delegate", true);
    EXPECT_EQ(std::get<std::string>(*unit.find("Description")), "two");
    EXPECT_TRUE(std::get<bool>(*unit.find("Delegate")));
    EXPECT_EQ(unit.find("MemoryMax"), nullptr);
}

TEST(UnitPropertiesTest, WritesEachPropertyInItsOwnType) {
    auto sockets = base::make_socket_pair(SOCK_STREAM);
    auto connection = bus::Connection::open_fd(std::move(sockets.first), false);
    bus::Message request = connection.new_call({"", "/", "test.Test"}, "Test");
    sd_bus_message* message = request.get();
    UnitProperties unit;
    unit.set_command("ExecStart", {"/bin/true", "x"})
        .set("MemoryMax", std::uint64_t{1} << 26U)
        .set("DeviceAllow", Pairs{{"/dev/fuse", "rwm"}})
        .set("SystemCallFilter", NameSet{true, {"@system-service"}})
        .set_log_fields({"CONTAINER_NAME=web"});
    unit.append_to(request);
    ASSERT_GE(sd_bus_message_seal(message, 1, 0), 0);
    sockets.second.reset(); // else closing the connection waits for the other side's greeting
    const auto signature = [&](const char* name, const char* type) {
        const char* contents = nullptr;
        char kind = 0;
        ASSERT_GT(sd_bus_message_enter_container(message, 'r', "sv"), 0);
        EXPECT_EQ(request.read<std::string>(), name);
        ASSERT_GT(sd_bus_message_peek_type(message, &kind, &contents), 0);
        EXPECT_STREQ(contents, type) << name;
        ASSERT_GE(sd_bus_message_skip(message, "v"), 0);
        ASSERT_GE(sd_bus_message_exit_container(message), 0);
    };
    ASSERT_GT(sd_bus_message_enter_container(message, 'a', "(sv)"), 0);
    signature("ExecStart", "a(sasb)");
    signature("MemoryMax", "t");
    signature("DeviceAllow", "a(ss)");
    signature("SystemCallFilter", "(bas)");
    signature("LogExtraFields", "aay");
}

TEST(UnitPathTest, GoesToThePathAndBack) {
    EXPECT_EQ(unit_path("berth-web.service"),
              "/org/freedesktop/systemd1/unit/berth_2dweb_2eservice");
    EXPECT_EQ(unit_of_path(unit_path("berth-a.b_c-1.service")), "berth-a.b_c-1.service");
    EXPECT_EQ(unit_of_path("/org/berth1"), "");
}

} // namespace
} // namespace berth::systemd
