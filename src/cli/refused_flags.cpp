// SPDX-License-Identifier: LGPL-2.1-or-later
#include "refused_flags.hpp"

namespace berth::cli {
namespace {

struct Refused {
    const char* names;
    const char* meta; ///< "" for a flag without a value
    const char* why;
};

constexpr const char* kHealth =
    "berth does not watch over health yet: let a systemd timer run 'berth exec'";
constexpr const char* kDisk =
    "not supported yet: limit the unit, 'systemctl set-property --runtime berth-NAME.service "
    "IOReadBandwidthMax=...' (systemd.resource-control(5))";
constexpr const char* kRealTime = "cgroup v2 has no real-time limits: use --ulimit rtprio=...";
constexpr const char* kWindows = "it is for containers of Windows";
constexpr const char* kPods = "berth has no pods: use --network container:NAME";
constexpr const char* kIdMap = "user namespaces are not supported yet";

constexpr Refused kContainer[] = {
    {"--blkio-weight-device", "DEVICE:WEIGHT", kDisk},
    {"--device-read-bps", "DEVICE:RATE", kDisk},
    {"--device-read-iops", "DEVICE:RATE", kDisk},
    {"--device-write-bps", "DEVICE:RATE", kDisk},
    {"--device-write-iops", "DEVICE:RATE", kDisk},
    {"--device-cgroup-rule", "RULE", "not supported yet: name each device with --device"},
    {"--gpus", "GPUS", "not supported yet: give its device files with --device"},
    {"--health-cmd", "COMMAND", kHealth},
    {"--health-interval", "TIME", kHealth},
    {"--health-retries", "NUMBER", kHealth},
    {"--health-timeout", "TIME", kHealth},
    {"--health-start-period", "TIME", kHealth},
    {"--health-start-interval", "TIME", kHealth},
    {"--health-on-failure", "ACTION", kHealth},
    {"--cpu-rt-period", "TIME", kRealTime},
    {"--cpu-rt-runtime", "TIME", kRealTime},
    {"--cpu-count", "NUMBER", kWindows},
    {"--cpu-percent", "NUMBER", kWindows},
    {"--io-maxbandwidth", "SIZE", kWindows},
    {"--io-maxiops", "NUMBER", kWindows},
    {"--isolation", "KIND", kWindows},
    {"--link-local-ip", "ADDRESS", "not supported yet: give an address with --ip or --ip6"},
    {"--runtime", "NAME", "berth has one runtime, berth-run, and systemd above it"},
    {"--use-api-socket", "", "berth has no API socket: its API is on D-Bus, org.berth1(5)"},
    {"--pod", "NAME", kPods},
    {"--pod-id-file", "FILE", kPods},
    {"--uidmap", "MAP", kIdMap},
    {"--gidmap", "MAP", kIdMap},
    {"--subuidname", "NAME", kIdMap},
    {"--subgidname", "NAME", kIdMap},
    {"--rootfs", "", "berth runs images: make one with 'tar -C DIR -c . | berth import - NAME'"},
    {"--secret", "NAME", "not supported yet: mount a file, -v /path:/run/secrets/NAME:ro"},
    {"--credential", "NAME", "not supported yet: mount a file, -v /path:/run/secrets/NAME:ro"},
    {"--sdnotify", "MODE", "not supported yet: the unit is up when its command has started"},
    {"--systemd", "MODE", "not supported yet: what an init needs is given with --tmpfs and -v"},
    {"--timeout", "SECONDS", "not supported yet: start its command by 'timeout SECONDS COMMAND'"},
    {"--tz", "ZONE", "give -e TZ=ZONE, or -v /etc/localtime:/etc/localtime:ro"},
    {"--umask", "MODE", "not supported yet: 'sh -c \"umask ...; exec ...\"' sets it"},
    {"--http-proxy", "", "name the variables to hand on: -e http_proxy -e https_proxy -e no_proxy"},
    {"--env-host", "", "name the variables to hand on: -e NAME"},
    {"--unsetenv", "NAME", "not supported yet: set it to nothing with -e NAME="},
    {"--preserve-fds", "NUMBER", "a unit of systemd gets no descriptors of its caller"},
    {"--requires", "NAME", "not supported yet: order units by systemd, 'systemctl edit'"},
};

void refuse(Options& options, const Refused& flag) {
    options.refused(flag.names, flag.meta, flag.why);
}

} // namespace

void refuse_container_flags(Options& options) {
    for (const auto& flag : kContainer)
        refuse(options, flag);
}

void refuse_update_flags(Options& options) {
    refuse(options, {"--cpu-rt-period", "TIME", kRealTime});
    refuse(options, {"--cpu-rt-runtime", "TIME", kRealTime});
}

void refuse_platform(Options& options) {
    options.refused("--platform", "OS/ARCH",
                    "an image that is here has one platform; pull another with 'berth pull "
                    "--platform'");
}

} // namespace berth::cli
