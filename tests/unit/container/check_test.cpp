// SPDX-License-Identifier: LGPL-2.1-or-later
// What crashes leave, and that it is found and taken away; inspect, list and usage beside it.
#include <fstream>

#include <nlohmann/json.hpp>
#include <tests/unit/container/fixture.hpp>

#include <base/file.hpp>
#include <container/check.hpp>
#include <container/disk_usage.hpp>
#include <container/exec.hpp>
#include <container/inspect.hpp>
#include <container/list.hpp>
#include <container/volumes.hpp>

namespace berth {
namespace {

class Sweep : public test::EngineTest {
  protected:
    Sweep() {
        // The image's blobs as its record names them; the configuration is there.
        for (const char digit : {'a', 'b'})
            std::ofstream(store::blob_path(Digest::from_hex(std::string(64, digit)))) << "blob";
    }
    static constexpr const char* kGhost =
        "9999999999999999999999999999999999999999999999999999999999999999";
    void leave_half_a_container() {
        plugins_.disk.layers.insert(kGhost);
        std::filesystem::create_directory(store::containers_dir() + "/" + kGhost);
        std::filesystem::create_directories(store::volume_dir(kGhost) + "/_data");
    }
    std::vector<std::string> texts(bool repair) {
        std::vector<std::string> list;
        for (const auto& finding : container::check(engine_, repair))
            list.push_back(finding.text);
        return list;
    }
};

TEST_F(Sweep, TakesAwayWhatACrashInACreationLeft) {
    leave_half_a_container();
    container::sweep(engine_);
    expect_nothing_left();
}

TEST_F(Sweep, KeepsEverythingThatHasARecord) {
    (void)run("web");
    const auto created = create("other");
    container::sweep(engine_);
    EXPECT_EQ(store_.containers().size(), 2U);
    EXPECT_TRUE(plugins_.disk.layers.contains(created.str()));
    EXPECT_EQ(entries(store::volumes_dir()), 2U);
    EXPECT_EQ(units_.units.size(), 1U);
}

TEST_F(Sweep, LeavesLayersAloneWhileAJobRuns) {
    leave_half_a_container();
    (void)store_.add_job({.operation = "pull"});
    container::sweep(engine_);
    EXPECT_TRUE(plugins_.disk.layers.contains(kGhost));
}

TEST_F(Sweep, RemovesRmContainersThatEndedWhileNobodyLooked) {
    (void)run("gone", {{"auto_remove", true}});
    unit_ends("gone", 0);
    container::sweep(engine_);
    expect_nothing_left();
}

TEST_F(Sweep, RemovesARunThatWasCutOffBeforeItsStart) {
    (void)container::create(engine_, prepare("web"), true);
    container::sweep(engine_);
    EXPECT_TRUE(store_.containers().empty());
}

TEST_F(Sweep, KeepsAnAcknowledgedRunWhoseEndNobodySaw) {
    (void)run("web");
    units_.units.clear();
    container::sweep(engine_);
    const auto kept = record("web");
    EXPECT_EQ(kept.exit.exit_code, 255);
    EXPECT_EQ(kept.exit.result, "lost");
    EXPECT_FALSE(kept.wanted);
}

TEST_F(Sweep, AfterARebootARunningContainerHasExited) {
    (void)container::create(engine_, prepare("web"), true);
    const auto id = record("web").id;
    store_.record_start(id, record("web").created, "another-boot");
    container::sweep(engine_);
    EXPECT_EQ(record("web").exit.exit_code, 255) << "it may have run before the reboot";
}

TEST_F(Sweep, GivesANamedVolumeItsRecordBack) {
    std::filesystem::create_directories(store::volume_dir("data") + "/_data");
    container::sweep(engine_);
    EXPECT_EQ(store_.volume("data").name, "data");
}

TEST_F(Sweep, CheckingAHealthySystemFindsNothing) {
    (void)run("web");
    (void)create("other");
    EXPECT_EQ(texts(false), std::vector<std::string>{});
}

TEST_F(Sweep, CheckingOnlyTellsAndRepairingMends) {
    leave_half_a_container();
    std::ofstream(store::blob_path(Digest::from_hex(kGhost))) << "stray";
    units_.rows = {{.name = "berth-ghost.service", .description = "container ghost"},
                   {.name = "berth-job-1.service", .description = "berth pull"}};
    EXPECT_EQ(texts(false).size(), 5U);
    EXPECT_TRUE(plugins_.disk.layers.contains(kGhost));
    for (const auto& finding : container::check(engine_, true))
        EXPECT_TRUE(finding.repaired) << finding.text;
    EXPECT_EQ(units_.log.back(), "stop berth-ghost.service");
    units_.rows.clear();
    EXPECT_EQ(texts(false), std::vector<std::string>{});
}

TEST_F(Sweep, LostPartsAreNamedAndNotMadeUp) {
    const auto id = create("web");
    plugins_.disk.layers.erase(id.str());
    std::filesystem::remove(store::blob_path(Digest::from_hex(std::string(64, 'b'))));
    const auto found = texts(true);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0].find("its manifest"), std::string::npos);
    EXPECT_NE(found[1].find("container web has lost its layer"), std::string::npos);
}

TEST_F(Sweep, UsageCountsWhatDuCounts) {
    const auto name = container::create_volume(engine_, {.name = "data"});
    std::ofstream(container::volume_data(name) + "/file") << std::string(100000, 'x');
    std::filesystem::create_hard_link(container::volume_data(name) + "/file",
                                      container::volume_data(name) + "/again");
    const auto rows = container::disk_usage(engine_, false);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[2].type, "volumes");
    EXPECT_EQ(rows[2].size, container::tree_size(store::volume_dir(name)));
    EXPECT_GE(rows[2].size, 100000U);
    EXPECT_LT(rows[2].size, 200000U) << "a hard link counts once";
    EXPECT_EQ(rows[2].reclaimable, rows[2].size);
}

TEST_F(Sweep, InspectHasDockersKeys) {
    const auto id = run("web", {{"memory", "64m"},
                                {"publish", std::vector<std::string>{"8080:80"}},
                                {"labels", std::map<std::string, std::string>{{"a", "b"}}}});
    const auto json = nlohmann::json::parse(container::inspect_docker(engine_, id));
    EXPECT_EQ(json.at("Id"), id.str());
    EXPECT_EQ(json.at("Name"), "/web");
    EXPECT_EQ(json.at("State").at("Status"), "running");
    EXPECT_EQ(json.at("State").at("Pid"), 4242);
    EXPECT_EQ(json.at("Path"), "sh");
    EXPECT_EQ(json.at("HostConfig").at("Memory"), 64U << 20U);
    EXPECT_EQ(json.at("Config").at("Labels").at("a"), "b");
    EXPECT_EQ(json.at("NetworkSettings").at("IPAddress"), "172.20.0.2");
    EXPECT_EQ(json.at("NetworkSettings").at("Ports").at("80/tcp").at(0).at("HostPort"), "8080");
    EXPECT_EQ(json.at("Mounts").at(0).at("Destination"), "/data");
}

TEST_F(Sweep, InspectShowsTheVeryBundleThatRuns) {
    const auto id = run("web");
    EXPECT_EQ(container::inspect_oci(engine_, id),
              base::read_file(store::container_dir(id) + "/config.json"));
    EXPECT_FALSE(container::inspect_oci(engine_, create("never")).empty());
}

TEST_F(Sweep, PortsTheUserLeftOpenAreChosenAtTheStart) {
    (void)run("web", {{"publish", std::vector<std::string>{"80"}}});
    const auto ports = container::list_containers(engine_, {})[0].ports;
    ASSERT_EQ(ports.size(), 1U);
    EXPECT_EQ(ports[0].rfind("0.0.0.0:", 0), 0U);
    EXPECT_EQ(ports[0].find("0.0.0.0:0->"), std::string::npos);
}

TEST_F(Sweep, AnExecIsAUnitBoundToTheContainers) {
    const auto id = run("web", {{"env", std::vector<std::string>{"A=b"}}});
    const auto exec = container::new_exec_id();
    (void)container::exec(engine_, id, exec, {.argv = {"id"}, .env = {"C=d"}});
    const auto& unit = units_.units.at(container::exec_unit(exec));
    EXPECT_EQ(std::get<std::vector<std::string>>(*unit.properties.find("BindsTo")),
              std::vector<std::string>{"berth-web.service"});
    const auto request = nlohmann::json::parse(base::read_file(store::exec_request_path(exec)));
    EXPECT_EQ(request.at("container"), id.str());
    const auto env = request.at("env").get<std::vector<std::string>>();
    EXPECT_EQ(env.back(), "C=d");
    container::finish_exec(exec);
    EXPECT_FALSE(std::filesystem::exists(store::exec_request_path(exec)));
    EXPECT_EQ(code_of([&] { (void)container::exec(engine_, id, exec, {}); }),
              ErrorCode::InvalidArgument);
}

TEST_F(Sweep, AnExecThatFailsLeavesNoRequest) {
    const auto id = run("web");
    units_.start_result = "failed";
    EXPECT_EQ(code_of([&] { (void)container::exec(engine_, id, "0123abcd", {.argv = {"nope"}}); }),
              ErrorCode::Io);
    EXPECT_FALSE(std::filesystem::exists(store::exec_request_path("0123abcd")));
}

} // namespace
} // namespace berth
