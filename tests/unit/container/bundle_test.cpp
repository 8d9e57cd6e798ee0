// SPDX-License-Identifier: LGPL-2.1-or-later
// What a specification becomes: the bundle and the unit's properties.
#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include <container/addresses.hpp>
#include <container/bundle.hpp>
#include <container/etc_files.hpp>
#include <container/host_ports.hpp>
#include <container/process_table.hpp>
#include <container/state.hpp>
#include <container/top.hpp>
#include <container/unit_settings.hpp>

namespace berth::container {
namespace {

class Bundles : public ::testing::Test {
  protected:
    Bundles() {
        record_.name = "web";
        record_.unit = "berth-web.service";
        record_.image_ref = "debian:12";
        record_.storage_driver = "overlay";
        spec_.command = {"sh"};
        spec_.env = {"A=b"};
    }
    store::ContainerRecord record_{.id = ContainerId(std::string(64, 'a'))};
    spec::ContainerSpec spec_;

    spec::Bundle bundle(const std::string& mode = "bridge") {
        return make_bundle({.record = record_, .spec = spec_, .network = {.mode = mode}});
    }
    const spec::BundleMount* mount(const spec::Bundle& made, const std::string& destination) {
        const auto found =
            std::find_if(made.mounts.begin(), made.mounts.end(),
                         [&](const auto& each) { return each.destination == destination; });
        return found == made.mounts.end() ? nullptr : &*found;
    }
    static bool has(const std::vector<std::string>& list, const std::string& item) {
        return std::find(list.begin(), list.end(), item) != list.end();
    }
    systemd::UnitProperties unit() { return unit_properties(record_, spec_, {}); }
    template <class T>
    T property(const std::string& name) {
        const auto made = unit();
        const auto* value = made.find(name);
        if (value == nullptr) throw std::runtime_error("no property " + name);
        return std::get<T>(*value);
    }
};

TEST_F(Bundles, AreConfinedAsDockersByDefault) {
    const auto made = bundle();
    EXPECT_EQ(made.process->capabilities->bounding.size(), 14U);
    EXPECT_TRUE(made.process->capabilities->inheritable.empty());
    EXPECT_TRUE(made.process->capabilities->ambient.empty());
    EXPECT_TRUE(has(made.lnx.masked_paths, "/proc/kcore"));
    EXPECT_TRUE(has(made.lnx.readonly_paths, "/proc/sys"));
    EXPECT_TRUE(made.lnx.seccomp.has_value());
    EXPECT_EQ(made.lnx.namespaces.size(), 6U);
    EXPECT_TRUE(has(mount(made, "/sys")->options, "ro"));
    EXPECT_FALSE(made.lnx.has_limits);
}

TEST_F(Bundles, OfPrivilegedOnesAreOpen) {
    spec_.privileged = true;
    const auto made = bundle();
    EXPECT_GT(made.process->capabilities->bounding.size(), 30U);
    EXPECT_TRUE(made.lnx.masked_paths.empty());
    EXPECT_FALSE(made.lnx.seccomp.has_value());
    EXPECT_FALSE(has(mount(made, "/sys")->options, "ro"));
}

TEST_F(Bundles, HaveTheUsersVariablesOverDockersOwn) {
    spec_.env = {"PATH=/bin", "A=b"};
    spec_.tty = true;
    const auto env = bundle().process->env;
    EXPECT_EQ(
        env, (std::vector<std::string>{"PATH=/bin", "HOSTNAME=aaaaaaaaaaaa", "TERM=xterm", "A=b"}));
}

TEST_F(Bundles, ShareWhatIsAskedFor) {
    spec_.pid_mode = "host";
    spec_.uts_mode = "host";
    const auto made = bundle("host");
    EXPECT_EQ(made.lnx.find(spec::NamespaceType::Pid), nullptr);
    EXPECT_EQ(made.lnx.find(spec::NamespaceType::Uts), nullptr);
    EXPECT_EQ(made.lnx.find(spec::NamespaceType::Network), nullptr);
    EXPECT_TRUE(made.hostname.empty());
    EXPECT_TRUE(made.lnx.sysctl.empty()) << "the machine's own network settings stay";
}

TEST_F(Bundles, JoinTheNamespaceOfAnotherContainer) {
    spec_.pid_mode = "container:x";
    const auto made = make_bundle({.record = record_,
                                   .spec = spec_,
                                   .network = {.mode = "none"},
                                   .shared = {.pid = "/proc/7/ns/pid"}});
    EXPECT_EQ(made.lnx.find(spec::NamespaceType::Pid)->path, "/proc/7/ns/pid");
}

TEST_F(Bundles, MountParentsFirstAndTheUsersInsteadOfOurs) {
    spec_.mounts = {{.kind = spec::MountKind::Bind, .source = "/h", .target = "/a/b/c"},
                    {.kind = spec::MountKind::Bind, .source = "/g", .target = "/a"},
                    {.kind = spec::MountKind::Tmpfs, .target = "/dev/shm", .options = {"size=1"}}};
    const auto made = bundle();
    EXPECT_LT(mount(made, "/a"), mount(made, "/a/b/c"));
    EXPECT_EQ(std::count_if(made.mounts.begin(), made.mounts.end(),
                            [](const auto& each) { return each.destination == "/dev/shm"; }),
              1);
    EXPECT_TRUE(has(mount(made, "/dev/shm")->options, "size=1"));
    EXPECT_TRUE(has(mount(made, "/a")->options, "rprivate"));
}

TEST_F(Bundles, ATmpfsIsNoexecUnlessItSaysExec) {
    spec_.mounts = {{.kind = spec::MountKind::Tmpfs, .target = "/t"},
                    {.kind = spec::MountKind::Tmpfs, .target = "/x", .options = {"exec"}}};
    const auto made = bundle();
    EXPECT_TRUE(has(mount(made, "/t")->options, "noexec"));
    EXPECT_FALSE(has(mount(made, "/x")->options, "noexec"));
    EXPECT_TRUE(has(mount(made, "/x")->options, "nosuid"));
}

TEST_F(Bundles, SurviveTheirOwnJson) {
    spec_.user = "daemon:1";
    spec_.groups = {"wheel"};
    const auto read = spec::parse_bundle(spec::dump_bundle(bundle()));
    EXPECT_EQ(read.annotation(spec::kAnnotationUser), "daemon:1");
    EXPECT_EQ(read.annotation(spec::kAnnotationGroups), "[\"wheel\"]");
    EXPECT_TRUE(read.flag(spec::kAnnotationHostsFiles));
    EXPECT_EQ(read.annotation(spec::kAnnotationId), record_.id.str());
}

TEST_F(Bundles, ForwardOnlyWhatPropagatesToTheRoot) {
    EXPECT_EQ(bundle().lnx.rootfs_propagation, "");
    spec_.mounts = {
        {.kind = spec::MountKind::Bind, .source = "/h", .target = "/a", .propagation = "rslave"}};
    EXPECT_EQ(bundle().lnx.rootfs_propagation, "slave");
}

TEST_F(Bundles, LimitsAreTheUnits) {
    spec_.resources = {.memory = 64U << 20U, .nano_cpus = 500'000'000, .pids_limit = 50};
    EXPECT_EQ(property<std::uint64_t>("MemoryMax"), 64U << 20U);
    EXPECT_EQ(property<std::uint64_t>("MemorySwapMax"), 64U << 20U) << "as much swap as memory";
    EXPECT_EQ(property<std::uint64_t>("CPUQuotaPerSecUSec"), 500'000U);
    EXPECT_EQ(property<std::uint64_t>("TasksMax"), 50U);
    spec_.resources.memory_swap = -1;
    EXPECT_EQ(property<std::uint64_t>("MemorySwapMax"), systemd::kInfinity);
}

TEST_F(Bundles, NoLimitIsSaidSoThatAnUpdateTakesItAway) {
    EXPECT_EQ(property<std::uint64_t>("MemoryMax"), systemd::kInfinity);
    EXPECT_EQ(property<std::uint64_t>("TasksMax"), systemd::kInfinity);
    EXPECT_EQ(property<std::uint64_t>("LogRateLimitIntervalUSec"), 0U);
}

TEST_F(Bundles, SharesAreMappedAsOtherRuntimesDo) {
    spec_.resources.cpu_shares = 1024;
    EXPECT_EQ(property<std::uint64_t>("CPUWeight"), 39U);
    spec_.resources.cpu_shares = 262144;
    EXPECT_EQ(property<std::uint64_t>("CPUWeight"), 10000U);
}

TEST_F(Bundles, RestartPoliciesAreSystemds) {
    EXPECT_EQ(property<std::string>("Restart"), "no");
    spec_.restart = {.mode = spec::RestartMode::OnFailure, .max_retries = 3};
    EXPECT_EQ(property<std::string>("Restart"), "on-failure");
    EXPECT_EQ(property<std::uint32_t>("StartLimitBurst"), 4U);
    EXPECT_EQ(property<std::uint64_t>("StartLimitIntervalUSec"), systemd::kInfinity);
    spec_.restart = {.mode = spec::RestartMode::UnlessStopped};
    EXPECT_EQ(property<std::string>("Restart"), "always");
    EXPECT_EQ(property<std::uint64_t>("StartLimitIntervalUSec"), 0U);
}

TEST_F(Bundles, AnImageChoosesNothingOfTheUnitButItsStopSignal) {
    const auto plain = unit();
    spec_.labels = {{"MemoryMax", "1"}, {"ExecStart", "/bin/sh"}};
    spec_.env = {"LD_PRELOAD=/x", "BERTH_STATE_DIR=/x"};
    spec_.user = "root";
    spec_.working_dir = "/x";
    spec_.stop_signal = "SIGQUIT";
    const auto labelled = unit();
    ASSERT_EQ(plain.entries().size(), labelled.entries().size());
    for (std::size_t index = 0; index < plain.entries().size(); ++index) {
        const auto& [name, value] = plain.entries()[index];
        EXPECT_EQ(labelled.entries()[index].first, name);
        if (name == "KillSignal") continue;
        EXPECT_EQ(labelled.entries()[index].second, value) << name;
    }
    EXPECT_EQ(property<std::int32_t>("KillSignal"), SIGQUIT);
}

TEST_F(Bundles, AMissingHostDirectoryIsMadeByTheUnit) {
    spec_.mounts = {
        {.kind = spec::MountKind::Bind,
         .source = "/nowhere/x",
         .target = "/x",
         .create_source = true},
        {.kind = spec::MountKind::Bind, .source = "/tmp", .target = "/t", .create_source = true}};
    const auto commands = property<systemd::Commands>("ExecStartPre");
    EXPECT_EQ(std::get<1>(commands.at(0)).back(), "/nowhere/x");
    spec_.mounts.clear();
    EXPECT_EQ(unit().find("ExecStartPre"), nullptr);
}

TEST_F(Bundles, DevicesAreAllowedByTheUnit) {
    EXPECT_EQ(property<std::string>("DevicePolicy"), "strict");
    spec_.devices = {{.host_path = "/dev/null", .container_path = "/dev/x", .permissions = "r"}};
    const auto rules = property<systemd::Pairs>("DeviceAllow");
    EXPECT_EQ(rules.back(), (std::pair<std::string, std::string>{"/dev/null", "r"}));
}

TEST(Addresses, TheLowestFreeOneIsGiven) {
    const Subnet subnet{.cidr = "172.20.0.0/29", .gateway = "172.20.0.1"};
    EXPECT_EQ(free_address(subnet, {}), "172.20.0.2");
    EXPECT_EQ(free_address(subnet, {"172.20.0.2", "172.20.0.4"}), "172.20.0.3");
    EXPECT_THROW((void)free_address(subnet, {"172.20.0.2", "172.20.0.3", "172.20.0.4", "172.20.0.5",
                                             "172.20.0.6"}),
                 Error);
    const Subnet ranged{.cidr = "10.0.0.0/8", .gateway = "10.1.0.0", .range = "10.1.0.0/30"};
    EXPECT_EQ(free_address(ranged, {}), "10.1.0.1");
    const Subnet six{.cidr = "fd00::/64", .gateway = "fd00::1"};
    EXPECT_EQ(free_address(six, {}), "fd00::2");
}

TEST(Addresses, ReservedAndForeignOnesAreRefused) {
    const Subnet subnet{.cidr = "172.20.0.0/24", .gateway = "172.20.0.1"};
    EXPECT_NO_THROW(check_address(subnet, "172.20.0.9"));
    for (const auto* bad : {"172.20.0.0", "172.20.0.1", "172.20.0.255", "172.21.0.2", "::1"})
        EXPECT_THROW(check_address(subnet, bad), Error) << bad;
}

TEST(HostPorts, AreNoneThatIsInUse) {
    UsedPorts used;
    add_bound_ports("  sl  local_address rem_address\n   0: 0100007F:8000 00000000:0000 0A\n"
                    "   1: 00000000000000000000000000000000:8001 0:0 0A\n   2: junk\n",
                    PortProtocol::Tcp, used);
    EXPECT_EQ(used, (UsedPorts{{PortProtocol::Tcp, 32768}, {PortProtocol::Tcp, 32769}}));
    for (unsigned port = 32768; port <= 60999; ++port)
        used.emplace(PortProtocol::Tcp, static_cast<std::uint16_t>(port));
    used.erase({PortProtocol::Tcp, 40000});
    spec::ContainerSpec spec;
    spec.exposed = {"80/tcp"};
    spec.publish_all = true;
    EXPECT_EQ(choose_host_ports(spec, used).at(0).host_port, 40000);
    spec.exposed = {"80/tcp", "81/tcp"};
    EXPECT_THROW((void)choose_host_ports(spec, used), Error);
}

TEST(EtcFiles, NameTheContainerItsHostsAndItsResolver) {
    spec::ContainerSpec spec;
    spec.extra_hosts = {"db:10.9.8.7", "gw:host-gateway"};
    spec.dns = {"9.9.9.9"};
    spec.dns_search = {"example.org"};
    NetworkConfig config{.id = NetworkId(std::string(64, 'e'))};
    config.subnets = {{.cidr = "172.20.0.0/16", .gateway = "172.20.0.1"}};
    Endpoint endpoint{.container = ContainerId(std::string(64, 'a'))};
    endpoint.addresses = {"172.20.0.2/16"};
    const auto files = etc_files(spec, {.mode = "bridge", .networks = {{config, endpoint}}}, "web");
    EXPECT_NE(files.at("hosts").find("172.20.0.2\tweb\n"), std::string::npos);
    EXPECT_NE(files.at("hosts").find("10.9.8.7\tdb\n"), std::string::npos);
    EXPECT_NE(files.at("hosts").find("172.20.0.1\tgw\n"), std::string::npos);
    EXPECT_EQ(files.at("hostname"), "web\n");
    EXPECT_EQ(files.at("resolv.conf").find("nameserver 9.9.9.9\nsearch example.org\n"), 0U);
}

TEST(Processes, AreReadFromTheKernelsText) {
    const auto process =
        parse_stat("42 (a) (b)) S 7 42 42 34816 42 4194304 10 0 0 0 150 50 0 0 20 -5 3 0 1000 "
                   "8192 2 184467 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0\n");
    ASSERT_TRUE(process);
    EXPECT_EQ(process->pid, 42);
    EXPECT_EQ(process->name, "a) (b)");
    EXPECT_EQ(process->parent, 7);
    EXPECT_EQ(process->cpu_ticks, 200U);
    EXPECT_EQ(process->nice, -5);
    EXPECT_EQ(process->threads, 3U);
    for (const auto* bad : {"", "42", "42 (x", "x (y) S 1", "42 (x) S 1 2 3"})
        EXPECT_FALSE(parse_stat(bad)) << bad;
}

TEST(Processes, AreShownInPsColumns) {
    const auto self = read_processes({::getpid()});
    ASSERT_EQ(self.size(), 1U);
    const auto full = format_processes(self, {});
    EXPECT_EQ(full.titles,
              (std::vector<std::string>{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"}));
    EXPECT_EQ(full.rows[0][1], std::to_string(::getpid()));
    EXPECT_EQ(format_processes(self, {"aux"}).titles.size(), 11U);
    EXPECT_EQ(format_processes(self, {"-eo", "pid,comm"}).titles,
              (std::vector<std::string>{"PID", "COMMAND"}));
    EXPECT_THROW((void)format_processes(self, {"--forest"}), Error);
    EXPECT_THROW((void)format_processes(self, {"-o", "bogus"}), Error);
}

TEST(States, FollowTheUnitBeforeTheRecord) {
    store::ContainerRecord record{.id = ContainerId(std::string(64, 'a'))};
    systemd::ServiceStatus none;
    EXPECT_EQ(condition_of(record, none).state, State::Created);
    record.exit.finished_at = 5;
    record.exit.exit_code = 7;
    EXPECT_EQ(condition_of(record, none).exit_code, 7);
    systemd::ServiceStatus unit{.loaded = true, .active_state = "active", .sub_state = "running"};
    unit.main_pid = 9;
    EXPECT_EQ(condition_of(record, unit).state, State::Running);
    EXPECT_EQ(condition_of(record, unit).pid, 9);
    unit.freezer_state = "frozen";
    EXPECT_EQ(condition_of(record, unit).state, State::Paused);
    unit = {.loaded = true, .active_state = "activating", .sub_state = "auto-restart"};
    EXPECT_EQ(condition_of(record, unit).state, State::Restarting);
    unit = {.loaded = true, .active_state = "failed", .sub_state = "failed"};
    EXPECT_EQ(condition_of(record, unit).state, State::Exited);
}

} // namespace
} // namespace berth::container
