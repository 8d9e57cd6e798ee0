// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole configuration: docker's rules of merging with the image, limits, and what is refused.
#include <gtest/gtest.h>

#include <spec/container_config.hpp>

namespace berth::spec {
namespace {

using Strings = std::vector<std::string>;

ImageConfig image() {
    ImageConfig config;
    config.entrypoint = {"/entry"};
    config.cmd = {"serve"};
    config.env = {"PATH=/bin", "A=image"};
    config.user = "daemon";
    config.working_dir = "/srv";
    config.volumes = {"/data"};
    config.exposed_ports = {"80/tcp"};
    config.labels = {{"a", "image"}, {"b", "image"}};
    config.stop_signal = "SIGQUIT";
    return config;
}

ContainerSpec build(const ConfigMap& config, const ImageConfig& from = image()) {
    return build_container_spec(config, from).spec;
}

std::string refusal(const ConfigMap& config, const ImageConfig& from = image()) {
    try {
        (void)build(config, from);
    } catch (const Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

bool names(const std::string& message, const char* what) {
    return message.find(what) != std::string::npos;
}

TEST(ContainerConfig, TheImagesWordsCountWhereTheUserSaysNothing) {
    const auto spec = build({});
    EXPECT_EQ(spec.entrypoint, Strings{"/entry"});
    EXPECT_EQ(spec.command, Strings{"serve"});
    EXPECT_EQ(spec.user, "daemon");
    EXPECT_EQ(spec.working_dir, "/srv");
    EXPECT_EQ(spec.stop_signal, "SIGQUIT");
    EXPECT_EQ(spec.env, (Strings{"PATH=/bin", "A=image"}));
    EXPECT_EQ(spec.exposed, Strings{"80/tcp"});
    ASSERT_EQ(spec.mounts.size(), 1U);
    EXPECT_TRUE(spec.mounts[0].from_image);
}

TEST(ContainerConfig, ACommandKeepsTheEntrypoint) {
    const auto spec = build({{"cmd", Strings{"check"}}});
    EXPECT_EQ(spec.entrypoint, Strings{"/entry"});
    EXPECT_EQ(spec.command, Strings{"check"});
}

TEST(ContainerConfig, AnEntrypointDropsTheImagesCommand) {
    const auto spec = build({{"entrypoint", Strings{"sh"}}});
    EXPECT_EQ(spec.entrypoint, Strings{"sh"});
    EXPECT_TRUE(spec.command.empty());
}

TEST(ContainerConfig, AnEmptyEntrypointResetsItAndNeedsACommand) {
    EXPECT_TRUE(names(refusal({{"entrypoint", Strings{}}}), "no command specified"));
    EXPECT_TRUE(names(refusal({{"entrypoint", Strings{""}}}), "no command specified"));
    const auto spec = build({{"entrypoint", Strings{}}, {"cmd", Strings{"sh"}}});
    EXPECT_TRUE(spec.entrypoint.empty());
    EXPECT_EQ(spec.command, Strings{"sh"});
}

TEST(ContainerConfig, VariablesAreReplacedAddedAndTakenAway) {
    const auto spec = build({{"env", Strings{"A=user", "B=", "PATH"}}});
    EXPECT_EQ(spec.env[0].rfind("PATH=/usr/local/sbin", 0), 0U) << "a PATH there always is";
    EXPECT_EQ(spec.env[1], "A=user");
    EXPECT_EQ(spec.env[2], "B=");
    EXPECT_TRUE(names(refusal({{"env", Strings{"=x"}}}), "--env"));
}

TEST(ContainerConfig, AUsersMountTakesTheImagesVolumesPlace) {
    const auto spec = build({{"volumes", Strings{"/h:/data"}}});
    ASSERT_EQ(spec.mounts.size(), 1U);
    EXPECT_EQ(spec.mounts[0].source, "/h");
}

TEST(ContainerConfig, LabelsOfTheUserWin) {
    const auto spec = build({{"labels", std::map<std::string, std::string>{{"a", "user"}}}});
    EXPECT_EQ(spec.labels.at("a"), "user");
    EXPECT_EQ(spec.labels.at("b"), "image");
}

TEST(ContainerConfig, UnknownKeysAndWrongTypesAreNamed) {
    EXPECT_TRUE(names(refusal({{"bogus", true}}), "'bogus'"));
    EXPECT_TRUE(names(refusal({{"tty", "yes"}}), "'tty' must be a boolean"));
    EXPECT_TRUE(names(refusal({{"env", "A=b"}}), "'env' must be an array"));
    EXPECT_TRUE(names(refusal({{"user", std::string("a\0b", 3)}}), "null byte"));
    EXPECT_TRUE(names(refusal({{"env", Strings(5000, "A=b")}}), "more than 4096"));
}

struct Refused {
    const char* key;
    const char* value;
    const char* flag;
};
class BadText : public ::testing::TestWithParam<Refused> {};

TEST_P(BadText, IsRefusedWithItsFlag) {
    const auto message = refusal({{GetParam().key, std::string(GetParam().value)}});
    EXPECT_TRUE(names(message, GetParam().flag)) << message;
}

INSTANTIATE_TEST_SUITE_P(
    Config, BadText,
    ::testing::Values(
        Refused{"memory", "lots", "--memory"}, Refused{"memory", "1m", "--memory"},
        Refused{"memory", "-5", "--memory"}, Refused{"cpus", "x", "--cpus"},
        Refused{"cpus", "-1", "--cpus"}, Refused{"cpus", ".", "--cpus"},
        Refused{"cpus", "1e3", "--cpus"}, Refused{"cpus", "0.001", "--cpus"},
        Refused{"cpu_shares", "-2", "--cpu-shares"}, Refused{"cpuset_cpus", "3-1", "--cpuset-cpus"},
        Refused{"cpuset_mems", "a", "--cpuset-mems"}, Refused{"pids_limit", "-2", "--pids-limit"},
        Refused{"blkio_weight", "5", "--blkio-weight"}, Refused{"shm_size", "0", "--shm-size"},
        Refused{"oom_score_adj", "1001", "--oom-score-adj"}, Refused{"workdir", "rel", "--workdir"},
        Refused{"user", "a:b:c", "--user"}, Refused{"user", "2147483648", "--user"},
        Refused{"user", "-1", "--user"}, Refused{"user", "4294967296", "--user"},
        Refused{"hostname", "a b", "--hostname"}, Refused{"hostname", "-a", "--hostname"},
        Refused{"ip", "::1", "--ip"}, Refused{"ip6", "1.2.3.4", "--ip6"},
        Refused{"stop_signal", "SIGWAT", "--stop-signal"},
        Refused{"stop_timeout", "soon", "--stop-timeout"},
        Refused{"log_driver", "syslog", "--log-driver"}, Refused{"uts", "container:x", "--uts"},
        Refused{"pid", "none", "--pid"}, Refused{"cgroupns", "x", "--cgroupns"},
        Refused{"network", "a/b", "--network"}));

TEST(ContainerConfig, LimitsAreExact) {
    const auto spec = build({{"memory", "64m"},
                             {"memory_swap", "128m"},
                             {"cpus", "0.5"},
                             {"pids_limit", "50"},
                             {"cpuset_cpus", "0-1,3"}});
    EXPECT_EQ(spec.resources.memory, 64U << 20U);
    EXPECT_EQ(spec.resources.memory_swap, 128 << 20);
    EXPECT_EQ(spec.resources.nano_cpus, 500'000'000U);
    EXPECT_EQ(build({{"cpus", ".25"}}).resources.nano_cpus, 250'000'000U);
    EXPECT_EQ(build({{"cpus", "1.000000001"}}).resources.nano_cpus, 1'000'000'001U);
}

TEST(ContainerConfig, LimitsMustMakeSenseTogether) {
    EXPECT_TRUE(names(refusal({{"memory_swap", "1g"}}), "--memory-swap needs --memory"));
    EXPECT_TRUE(names(refusal({{"memory", "64m"}, {"memory_swap", "32m"}}), "--memory-swap"));
    EXPECT_TRUE(
        names(refusal({{"memory", "64m"}, {"memory_reservation", "65m"}}), "--memory-reservation"));
    EXPECT_EQ(build({{"memory", "64m"}, {"memory_swap", "-1"}}).resources.memory_swap, -1);
}

TEST(ContainerConfig, FlagsThatExcludeEachOtherAreRefused) {
    EXPECT_TRUE(names(refusal({{"auto_remove", true}, {"restart", "always"}}), "--rm"));
    EXPECT_TRUE(names(refusal({{"network", "container:x"}, {"publish", Strings{"80"}}}), "ports"));
    EXPECT_TRUE(names(refusal({{"network", "host"}, {"ip", "1.2.3.4"}}), "--ip"));
    EXPECT_TRUE(names(refusal({{"uts", "host"}, {"hostname", "x"}}), "--hostname"));
    EXPECT_TRUE(names(refusal({{"volumes", Strings{"/a:/x", "/b:/x"}}}), "Duplicate mount point"));
    EXPECT_TRUE(names(refusal({{"sysctls", Strings{"net.x=1"}}, {"network", "host"}}), "--sysctl"));
}

TEST(ContainerConfig, ReservedAnnotationsAreRefused) {
    const std::map<std::string, std::string> notes{{"org.berth1.privileged", "1"}};
    EXPECT_TRUE(names(refusal({{"annotations", notes}}), "org.berth1."));
}

TEST(ContainerConfig, AnUnknownCapabilityIsNamed) {
    EXPECT_TRUE(names(refusal({{"cap_add", Strings{"FLY"}}}), "FLY"));
    EXPECT_NO_THROW((void)build({{"cap_drop", Strings{"ALL"}}, {"cap_add", Strings{"chown"}}}));
}

// What a hostile image may say.

TEST(HostileImage, AVolumeOverProcOrTheRootIsRefused) {
    for (const auto* path : {"/proc", "/proc/sys", "../../proc", "/", "..", "/x/../.."}) {
        auto from = image();
        from.volumes = {path};
        EXPECT_FALSE(refusal({}, from).empty()) << path;
    }
}

TEST(HostileImage, AVolumeThatLooksOutsideStaysInside) {
    auto from = image();
    from.volumes = {"../../etc"};
    EXPECT_EQ(build({}, from).mounts.at(0).target, "/etc");
}

TEST(HostileImage, AUserThatWrapsToRootIsRefused) {
    for (const auto* user : {"4294967296", "2147483648", "-1", "+0", "a\nroot", "0x0:", ":0"}) {
        auto from = image();
        from.user = user;
        EXPECT_TRUE(names(refusal({}, from), "the image's")) << user;
    }
}

TEST(HostileImage, AnUnknownStopSignalIsAWarning) {
    auto from = image();
    from.stop_signal = "SIGTERM ExecStart=/bin/sh";
    const auto built = build_container_spec({}, from);
    EXPECT_TRUE(built.spec.stop_signal.empty());
    EXPECT_EQ(built.warnings.size(), 1U);
}

TEST(HostileImage, NullBytesAndRelativeWorkingDirectoriesAreRefused) {
    auto from = image();
    from.cmd = {std::string("a\0b", 3)};
    EXPECT_TRUE(names(refusal({}, from), "null byte"));
    from = image();
    from.working_dir = "proc/self/fd/7";
    EXPECT_TRUE(names(refusal({}, from), "absolute"));
}

TEST(HostileImage, EntriesThatDefineNothingAreLeftOut) {
    auto from = image();
    from.env = {"NOVALUE", "=x", "A=b"};
    const auto env = build({}, from).env;
    EXPECT_EQ(env.size(), 2U) << "PATH and A";
}

TEST(ContainerSpecJson, IsReadBackWhole) {
    const auto spec =
        build({{"volumes", Strings{"/h:/c:ro", "/v"}},
               {"publish", Strings{"8080:80/udp"}},
               {"ulimits", Strings{"core=-1"}},
               {"devices", Strings{"/dev/fuse"}},
               {"restart", "on-failure:3"},
               {"stop_timeout", "7"},
               {"memory", "64m"},
               {"security_opt", Strings{"no-new-privileges", "systempaths=unconfined"}}});
    const std::string json = dump_container_spec(spec);
    EXPECT_EQ(dump_container_spec(parse_container_spec(json)), json);
    const auto read = parse_container_spec(json);
    EXPECT_EQ(read.ports, spec.ports);
    EXPECT_EQ(read.ulimits.at(0).hard, UINT64_MAX);
    EXPECT_EQ(read.stop_timeout, 7U);
    EXPECT_TRUE(read.unmask_paths);
}

TEST(ContainerSpecJson, DamageIsCorruption) {
    for (const auto* bad : {"", "[]", "{", "{\"env\":1}", "{\"resources\":{\"memory\":\"x\"}}"}) {
        try {
            (void)parse_container_spec(bad);
            ADD_FAILURE() << bad;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Corrupt);
        }
    }
}

TEST(Update, ChangesLimitsAndPolicyAndNothingElse) {
    auto spec = build({{"memory", "64m"}});
    update_container_spec(spec, {{"cpus", "2"}, {"restart", "always"}});
    EXPECT_EQ(spec.resources.memory, 64U << 20U);
    EXPECT_EQ(spec.resources.nano_cpus, 2'000'000'000U);
    EXPECT_EQ(spec.restart.mode, RestartMode::Always);
    EXPECT_THROW(update_container_spec(spec, {{"privileged", true}}), Error);
    EXPECT_THROW(update_container_spec(spec, {{"memory_swap", "32m"}}), Error);
}

} // namespace
} // namespace berth::spec
