// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/unit/store/sample.hpp>

#include <store/store.hpp>

namespace berth {
namespace {

using test::container;
using test::hex;

class StoreContainers : public ::testing::Test {
  protected:
    test::ScratchDir scratch_;
    store::Store store_{scratch_.path() + "/berth.db"};

    void add(char digit, const std::string& name) {
        store_.add_container({.record = container(digit, name)});
    }
    ErrorCode code_of(const std::function<void()>& action, std::string* message = nullptr) {
        try {
            action();
        } catch (const Error& error) {
            if (message != nullptr) *message = error.what();
            return error.code();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorCode::Internal;
    }
};

TEST_F(StoreContainers, AreFoundByIdNameAndUniquePrefix) {
    auto second = container('b', "db");
    second.id = ContainerId("ab" + std::string(62, '0'));
    add('a', "web");
    store_.add_container({.record = second});
    EXPECT_EQ(store_.find_container("web").id.str(), hex('a'));
    EXPECT_EQ(store_.find_container(hex('a')).name, "web");
    EXPECT_EQ(store_.find_container("aaa").name, "web");
    EXPECT_EQ(store_.find_container("ab").name, "db");
    std::string message;
    EXPECT_EQ(code_of([&] { (void)store_.find_container("a"); }, &message),
              ErrorCode::InvalidArgument);
    EXPECT_NE(message.find("multiple IDs"), std::string::npos);
}

TEST_F(StoreContainers, ANameThatLooksLikeAPrefixWinsOverThePrefix) {
    add('a', "web");
    add('b', "aa");
    EXPECT_EQ(store_.find_container("aa").id.str(), hex('b'));
}

TEST_F(StoreContainers, AnUnknownOneIsNamedAsDockerDoes) {
    std::string message;
    EXPECT_EQ(code_of([&] { (void)store_.find_container("web"); }, &message), ErrorCode::NotFound);
    EXPECT_EQ(message, "No such container: web");
    EXPECT_EQ(code_of([&] { (void)store_.find_container("\x1b[2J"); }, &message),
              ErrorCode::NotFound);
    EXPECT_EQ(message, "No such container: \\x1b[2J");
}

TEST_F(StoreContainers, ATakenNameNamesItsHolderAndChangesNothing) {
    add('a', "web");
    std::string message;
    EXPECT_EQ(code_of([&] { add('b', "web"); }, &message), ErrorCode::Exists);
    EXPECT_NE(message.find("'web'"), std::string::npos);
    EXPECT_NE(message.find("aaaaaaaaaaaa"), std::string::npos);
    EXPECT_EQ(store_.containers().size(), 1U);
}

TEST_F(StoreContainers, ANameIsFreeTheMomentItsHolderIsRemoved) {
    add('a', "web");
    (void)store_.remove_container(ContainerId(hex('a')), false);
    add('b', "web");
    EXPECT_EQ(store_.find_container("web").id.str(), hex('b'));
}

TEST_F(StoreContainers, RemovingOneThatIsGoneIsHarmless) {
    EXPECT_NO_THROW((void)store_.remove_container(ContainerId(hex('a')), true));
}

TEST_F(StoreContainers, RenamingToATakenNameIsRefused) {
    add('a', "web");
    add('b', "db");
    EXPECT_EQ(code_of([&] {
                  store_.rename_container(ContainerId(hex('b')), "web", "berth-web.service");
              }),
              ErrorCode::Exists);
    store_.rename_container(ContainerId(hex('b')), "db2", "berth-db2.service");
    EXPECT_EQ(store_.find_container("db2").unit, "berth-db2.service");
    EXPECT_EQ(code_of([&] { (void)store_.find_container("db"); }), ErrorCode::NotFound);
}

TEST_F(StoreContainers, EveryFactIsReadBackAsItWasWritten) {
    auto record = container('a', "web");
    record.image_layer = LayerId(hex('c'));
    record.owner_uid = 4000000000U;
    record.wanted = true;
    record.boot_id = "boot";
    record.spec = std::string("{\"env\":[\"A=\xc3\xa4\"]}");
    store_.add_container({.record = record});
    store_.record_running(record.id, 77, 4242);
    const auto read = store_.container(record.id);
    EXPECT_EQ(read.spec, record.spec);
    EXPECT_EQ(read.image_layer, record.image_layer);
    EXPECT_EQ(read.owner_uid, 4000000000U);
    EXPECT_TRUE(read.wanted);
    EXPECT_EQ(read.boot_id, "boot");
    EXPECT_EQ(read.started_at, 77);
    EXPECT_EQ(read.pid, 4242);
}

TEST_F(StoreContainers, AnExitIsRecordedOnceAndANewerOneReplacesIt) {
    add('a', "web");
    const ContainerId id(hex('a'));
    store_.record_start(id, 10, "boot");
    store_.record_exit(id, {.finished_at = 20, .exit_code = 7, .result = "exit-code"});
    store_.record_exit(id, {.finished_at = 20, .exit_code = 9, .result = "exit-code"});
    EXPECT_EQ(store_.container(id).exit.exit_code, 7);
    EXPECT_FALSE(store_.container(id).wanted);
    store_.record_exit(id, {.finished_at = 30,
                            .exit_code = 137,
                            .exit_signal = 9,
                            .oom_killed = true,
                            .result = "oom-kill"});
    const auto last = store_.container(id).exit;
    EXPECT_EQ(last.exit_code, 137);
    EXPECT_TRUE(last.oom_killed);
    EXPECT_EQ(last.result, "oom-kill");
}

TEST_F(StoreContainers, AnExitThatWillBeRestartedStaysWantedAndIsCounted) {
    add('a', "web");
    const ContainerId id(hex('a'));
    store_.record_start(id, 10, "boot");
    store_.record_exit(id, {.finished_at = 20, .exit_code = 1}, true);
    EXPECT_TRUE(store_.container(id).wanted);
    EXPECT_EQ(store_.container(id).restart_count, 1U);
    store_.record_start(id, 30, "boot");
    EXPECT_EQ(store_.container(id).restart_count, 0U);
    EXPECT_EQ(store_.container(id).exit.finished_at, 0);
}

TEST_F(StoreContainers, AnAddressHasOneHolderAndIsFreeWithItsContainer) {
    store_.add_network(test::network('e', "bridge"));
    const NetworkId network(hex('e'));
    const auto with_lease = [&](char digit, const std::string& name) {
        auto record = container(digit, name);
        store_.add_container({.record = record, .leases = {{network, record.id, "172.20.0.2"}}});
    };
    with_lease('a', "web");
    EXPECT_EQ(code_of([&] { with_lease('b', "db"); }), ErrorCode::Exists);
    EXPECT_EQ(store_.containers().size(), 1U) << "a refused lease must undo the whole creation";
    EXPECT_EQ(code_of([&] { store_.remove_network(network); }), ErrorCode::Busy);
    (void)store_.remove_container(ContainerId(hex('a')), false);
    with_lease('b', "db");
    EXPECT_EQ(store_.leases(network).size(), 1U);
}

TEST_F(StoreContainers, AnonymousVolumesGoWithTheirLastUser) {
    const auto with = [&](char digit, const std::string& name) {
        store_.add_container({.record = container(digit, name),
                              .new_volumes = {{.name = "anon", .anonymous = true},
                                              {.name = "data", .anonymous = false}},
                              .volumes = {"anon", "data"}});
    };
    with('a', "web");
    with('b', "db");
    EXPECT_TRUE(store_.remove_container(ContainerId(hex('a')), true).empty());
    EXPECT_EQ(code_of([&] { store_.remove_volume("data"); }), ErrorCode::Busy);
    EXPECT_EQ(store_.remove_container(ContainerId(hex('b')), true),
              std::vector<std::string>{"anon"});
    EXPECT_EQ(store_.volumes().size(), 1U);
    EXPECT_NO_THROW(store_.remove_volume("data"));
}

TEST_F(StoreContainers, AVolumeNobodyMadeIsRefused) {
    EXPECT_EQ(code_of([&] {
                  store_.add_container({.record = container('a', "web"), .volumes = {"ghost"}});
              }),
              ErrorCode::NotFound);
    EXPECT_TRUE(store_.containers().empty());
}

} // namespace
} // namespace berth
