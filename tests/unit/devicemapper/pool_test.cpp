// SPDX-License-Identifier: LGPL-2.1-or-later
// What the plugin decides without a pool: settings, the ledger, how full is too full.
#include <gtest/gtest.h>
#include <plugins/storage/devicemapper/ledger.hpp>
#include <plugins/storage/devicemapper/pool.hpp>
#include <plugins/storage/devicemapper/settings.hpp>
#include <tests/support/scratch_dir.hpp>

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

std::string refused(const std::string& json) {
    try {
        static_cast<void>(parse_settings(json));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        return error.what();
    }
    return "nothing";
}

Entry entry(std::uint64_t number) {
    Entry entry;
    entry.number = number;
    entry.operation = Entry::Operation::Create;
    entry.layer = std::string(64, 'a');
    entry.device = 7;
    entry.next_device = 8;
    entry.filesystem = Filesystem::Xfs;
    entry.sectors = 2048;
    return entry;
}

} // namespace

TEST(Settings, WithoutAnyHaveNoPlaceForAPool) {
    const auto settings = parse_settings("{}");
    EXPECT_FALSE(settings.has_place());
    EXPECT_EQ(settings.filesystem, Filesystem::Ext4);
    EXPECT_EQ(settings.size, std::uint64_t{10} << 30U);
    EXPECT_EQ(settings.refuse_above, 90U);
}

TEST(Settings, UseSparseFilesOnlyByTheWord) {
    EXPECT_FALSE(parse_settings(R"({"loopback-size": "5G"})").has_place());
    const auto settings = parse_settings(R"({"loopback": true, "loopback-size": "5G"})");
    EXPECT_TRUE(settings.has_place());
    EXPECT_EQ(settings.loopback_size, std::uint64_t{5} << 30U);
}

TEST(Settings, AreRefusedByTheNameOfTheKey) {
    EXPECT_NE(refused(R"({"lopback": true})").find("lopback"), std::string::npos);
    EXPECT_NE(refused(R"({"size": "1M"})").find("size"), std::string::npos);
    EXPECT_NE(refused(R"({"filesystem": "btrfs"})").find("ext4"), std::string::npos);
    EXPECT_NE(refused(R"({"data-device": "/dev/vdb"})").find("metadata-device"), std::string::npos);
    EXPECT_NE(refused(R"({"data-device": "/etc/passwd"})").find("block device"), std::string::npos);
    EXPECT_NE(refused(R"({"pool": "p", "loopback": true})").find("one of three"),
              std::string::npos);
    EXPECT_NE(refused(R"({"refuse-above": 100})").find("percent"), std::string::npos);
}

TEST(Ledger, IsReadAsItWasWritten) {
    const test::ScratchDir scratch;
    const Ledger ledger(scratch.path());
    EXPECT_FALSE(ledger.read());
    ledger.write(entry(41));
    ledger.write(entry(42));
    EXPECT_EQ(ledger.read(), entry(42));
}

TEST(Ledger, RefusesWhatItNeverWrote) {
    EXPECT_THROW(static_cast<void>(parse_entry("")), Error);
    EXPECT_THROW(static_cast<void>(parse_entry(R"({"number": 1, "operation": "burn"})")), Error);
    auto text = format_entry(entry(1));
    text.replace(text.find(":7"), 2, ":16777216");
    EXPECT_THROW(static_cast<void>(parse_entry(text)), Error);
}

TEST(Ledger, TellsWhetherTheLastEntryHappened) {
    EXPECT_EQ(compare(std::nullopt, 0), Agreement::Fresh);
    EXPECT_EQ(compare(std::nullopt, 3), Agreement::Strange);
    EXPECT_EQ(compare(entry(3), 3), Agreement::Settled);
    EXPECT_EQ(compare(entry(3), 2), Agreement::Interrupted);
    EXPECT_EQ(compare(entry(3), 1), Agreement::Strange) << "the pool is an old copy";
    EXPECT_EQ(compare(entry(3), 4), Agreement::Strange) << "the records are an old copy";
}

TEST(PoolStatus, IsReadFromTheKernelsLine) {
    const auto status =
        parse_pool_status("12 150/4096 2000/16384 - rw discard_passdown error_if_no_space - 1024");
    EXPECT_EQ(status.transaction, 12U);
    EXPECT_EQ(status.used_metadata, 150U);
    EXPECT_EQ(status.total_data, 16384U);
    EXPECT_EQ(status.held_root, 0U);
    EXPECT_FALSE(status.read_only);
    EXPECT_EQ(
        parse_pool_status("1 1/2 3/4 77 rw no_discard_passdown queue_if_no_space -").held_root,
        77U);
    EXPECT_TRUE(parse_pool_status("Fail").failed);
    EXPECT_THROW(static_cast<void>(parse_pool_status("1 2 3")), Error);
}

TEST(PoolStatus, RefusesNewWorkBeforeThePoolIsFull) {
    const auto reason = [](const std::string& text) {
        return refusal(parse_pool_status(text), 90);
    };
    EXPECT_EQ(reason("1 10/1000 899/1000 - rw discard_passdown error_if_no_space -"), "");
    EXPECT_NE(reason("1 10/1000 900/1000 - rw discard_passdown error_if_no_space -").find("data"),
              std::string::npos);
    EXPECT_NE(
        reason("1 950/1000 9/1000 - rw discard_passdown error_if_no_space -").find("metadata"),
        std::string::npos);
    EXPECT_NE(reason("1 1/1000 999/1000 - out_of_data_space discard_passdown error_if_no_space -")
                  .find("enlarge"),
              std::string::npos);
    EXPECT_NE(reason("1 1/1000 9/1000 - ro discard_passdown error_if_no_space needs_check")
                  .find("thin_check"),
              std::string::npos);
    EXPECT_NE(reason("Fail").find("failed"), std::string::npos);
}

} // namespace berth::devicemapper
