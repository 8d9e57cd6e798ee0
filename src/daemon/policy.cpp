// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy.hpp"

#include <algorithm>
#include <array>

namespace berth::daemon {

namespace {

constexpr std::string_view kManager = "org.berth1.Manager";
constexpr std::string_view kContainer = "org.berth1.Container";
constexpr std::string_view kImage = "org.berth1.Image";
constexpr std::string_view kJob = "org.berth1.Job";
constexpr std::string_view kWorker = "org.berth1.Worker";

constexpr std::array kTable = {
    PolicyRow{kManager, "GetContainer", Guard::Open, ""},
    PolicyRow{kManager, "ListContainers", Guard::Open, ""},
    PolicyRow{kManager, "GetImage", Guard::Open, ""},
    PolicyRow{kManager, "ListImages", Guard::Open, ""},
    PolicyRow{kManager, "ListNetworks", Guard::Open, ""},
    PolicyRow{kManager, "ListVolumes", Guard::Open, ""},
    PolicyRow{kManager, "ListJobs", Guard::Open, ""},
    PolicyRow{kManager, "GetJob", Guard::Open, ""},
    PolicyRow{kManager, "ListEvents", Guard::Open, ""},
    PolicyRow{kManager, "Info", Guard::Open, ""},
    PolicyRow{kManager, "DiskUsage", Guard::Open, ""},
    PolicyRow{kManager, "CreateContainer", Guard::Run, ""},
    PolicyRow{kManager, "RunContainer", Guard::Run, ""},
    PolicyRow{kManager, "PullImage", Guard::Action, "image-pull"},
    PolicyRow{kManager, "SearchImages", Guard::Action, "image-pull"},
    PolicyRow{kManager, "PushImage", Guard::Action, "image-export"},
    PolicyRow{kManager, "SaveImages", Guard::Action, "image-export"},
    PolicyRow{kManager, "LoadImages", Guard::Action, "image-import"},
    PolicyRow{kManager, "ImportImage", Guard::Action, "image-import"},
    PolicyRow{kManager, "BuildImage", Guard::Action, "build"},
    PolicyRow{kManager, "TagImage", Guard::Action, "image-modify"},
    PolicyRow{kManager, "RemoveImage", Guard::Action, "image-modify"},
    PolicyRow{kManager, "Login", Guard::Action, "registry-login"},
    PolicyRow{kManager, "Logout", Guard::Action, "registry-login"},
    PolicyRow{kManager, "CreateVolume", Guard::Action, "volume-manage"},
    PolicyRow{kManager, "RemoveVolume", Guard::Action, "volume-manage"},
    PolicyRow{kManager, "CreateNetwork", Guard::Action, "network-manage"},
    PolicyRow{kManager, "RemoveNetwork", Guard::Action, "network-manage"},
    PolicyRow{kManager, "Prune", Guard::Action, "prune"},
    PolicyRow{kManager, "Check", Guard::Action, "system-repair"},
    PolicyRow{kManager, "AdoptTerminal", Guard::Root, ""},
    PolicyRow{kWorker, "Report", Guard::Root, ""},
    PolicyRow{kWorker, "FindImage", Guard::Root, ""},
    PolicyRow{kWorker, "FindStep", Guard::Root, ""},
    PolicyRow{kWorker, "RunStep", Guard::Root, ""},

    PolicyRow{kContainer, "Start", Guard::Launch, ""},
    PolicyRow{kContainer, "Restart", Guard::Launch, ""},
    PolicyRow{kContainer, "Update", Guard::Launch, ""},
    PolicyRow{kContainer, "Stop", Guard::Manage, ""},
    PolicyRow{kContainer, "Kill", Guard::Manage, ""},
    PolicyRow{kContainer, "Pause", Guard::Manage, ""},
    PolicyRow{kContainer, "Resume", Guard::Manage, ""},
    PolicyRow{kContainer, "Remove", Guard::Manage, ""},
    PolicyRow{kContainer, "Rename", Guard::Manage, ""},
    PolicyRow{kContainer, "Wait", Guard::Open, ""},
    PolicyRow{kContainer, "Attach", Guard::Exec, ""},
    PolicyRow{kContainer, "Exec", Guard::Exec, ""},
    PolicyRow{kContainer, "WaitExec", Guard::OwnOpen, "container-exec"},
    PolicyRow{kContainer, "Commit", Guard::Exec, ""},
    PolicyRow{kContainer, "CopyIn", Guard::Exec, ""},
    PolicyRow{kContainer, "CopyOut", Guard::Exec, ""},
    PolicyRow{kContainer, "Export", Guard::Action, "image-export"},
    PolicyRow{kContainer, "Inspect", Guard::OwnOpen, "inspect"},
    PolicyRow{kContainer, "Changes", Guard::OwnOpen, "inspect"},
    PolicyRow{kContainer, "Top", Guard::OwnOpen, "inspect"},
    PolicyRow{kContainer, "Stats", Guard::Open, ""},
    PolicyRow{kContainer, "Logs", Guard::OwnOpen, "logs"},

    PolicyRow{kImage, "Inspect", Guard::Open, ""},
    PolicyRow{kImage, "History", Guard::Open, ""},

    PolicyRow{kJob, "Wait", Guard::OwnOpen, "inspect"},
    PolicyRow{kJob, "Cancel", Guard::OwnOpen, "container-manage"},
};

Decision ask(std::string_view action) {
    return {Verdict::Ask, "org.berth1." + std::string(action)};
}

std::string_view run_action(Risk risk) {
    switch (risk) {
    case Risk::Confined:
        return "container-run";
    case Risk::Host:
        return "container-run-host";
    case Risk::Privileged:
        break;
    }
    return "container-run-privileged";
}

} // namespace

std::span<const PolicyRow> policy_table() noexcept {
    return kTable;
}

const PolicyRow* find_policy(std::string_view interface, std::string_view method) noexcept {
    const auto* row = std::find_if(kTable.begin(), kTable.end(), [&](const PolicyRow& candidate) {
        return candidate.interface == interface && candidate.method == method;
    });
    return row == kTable.end() ? nullptr : row;
}

Decision decide(const PolicyRow& row, const Facts& facts, uid_t caller) {
    const bool own = facts.owner == caller;
    const bool own_confined = own && facts.risk == Risk::Confined;
    switch (row.guard) {
    case Guard::Open:
        return {Verdict::Allowed, {}};
    case Guard::Root:
        return {Verdict::Denied, {}};
    case Guard::Action:
        return ask(row.action);
    case Guard::OwnOpen:
        return own ? Decision{Verdict::Allowed, {}} : ask(row.action);
    case Guard::Manage:
        return ask(own ? "container-manage-own" : "container-manage");
    case Guard::Launch:
        return ask(own_confined ? "container-manage-own" : "container-manage");
    case Guard::Exec:
        return ask(own_confined ? "container-manage-own" : "container-exec");
    case Guard::Run:
        return ask(run_action(facts.risk));
    }
    return {Verdict::Denied, {}};
}

} // namespace berth::daemon
