// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_parse.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace berth::spec {

namespace {

/// Ids from 2^31 on are refused: nobody means them, and they have wrapped to root elsewhere.
constexpr std::uint64_t kMaxId = INT32_MAX;

BundleUser read_user(const Reader& reader) {
    BundleUser user;
    user.uid = static_cast<uid_t>(reader.number("uid", kMaxId).value_or(0));
    user.gid = static_cast<gid_t>(reader.number("gid", kMaxId).value_or(0));
    if (const auto umask = reader.number("umask", 0777)) user.umask = static_cast<mode_t>(*umask);
    for (const auto gid : reader.numbers("additionalGids")) {
        if (gid > kMaxId) reader.fail("additionalGids", "must be below 2^31");
        user.additional_gids.push_back(gid);
    }
    return user;
}

CapabilitySets read_capabilities(const Reader& reader) {
    return {reader.texts("bounding"), reader.texts("effective"), reader.texts("inheritable"),
            reader.texts("permitted"), reader.texts("ambient")};
}

std::vector<Rlimit> read_rlimits(const Reader& reader) {
    std::vector<Rlimit> limits;
    reader.each_object("rlimits", [&](const Reader& item) {
        Rlimit limit{item.required_text("type"), item.required_number("soft", UINT64_MAX),
                     item.required_number("hard", UINT64_MAX)};
        if (std::any_of(limits.begin(), limits.end(),
                        [&](const Rlimit& other) { return other.type == limit.type; })) {
            item.fail("type", "'" + limit.type + "' is there twice");
        }
        if (limit.soft > limit.hard) item.fail("soft", "is above the hard limit");
        limits.push_back(std::move(limit));
    });
    return limits;
}

Scheduler read_scheduler(const Reader& reader) {
    Scheduler scheduler;
    scheduler.policy = reader.required_text("policy");
    scheduler.nice = static_cast<std::int32_t>(reader.signed_number("nice", -20, 19).value_or(0));
    scheduler.priority =
        static_cast<std::int32_t>(reader.signed_number("priority", 0, 99).value_or(0));
    scheduler.flags = reader.texts("flags");
    scheduler.runtime = reader.number("runtime").value_or(0);
    scheduler.deadline = reader.number("deadline").value_or(0);
    scheduler.period = reader.number("period").value_or(0);
    return scheduler;
}

void read_console_size(const Reader& reader, Process& process) {
    const auto size = reader.object("consoleSize");
    if (!size) return;
    process.console_height = static_cast<std::uint16_t>(size->required_number("height", 65535));
    process.console_width = static_cast<std::uint16_t>(size->required_number("width", 65535));
}

} // namespace

Process read_process(const Reader& reader) {
    Process process;
    process.terminal = reader.boolean("terminal");
    read_console_size(reader, process);
    if (const auto user = reader.object("user")) process.user = read_user(*user);
    process.args = reader.texts("args");
    if (process.args.empty()) reader.fail("args", "must have at least one element");
    process.env = reader.texts("env");
    process.cwd = reader.required_text("cwd");
    if (process.cwd.empty() || process.cwd.front() != '/') {
        reader.fail("cwd", "must be an absolute path");
    }
    process.rlimits = read_rlimits(reader);
    if (const auto sets = reader.object("capabilities")) {
        process.capabilities = read_capabilities(*sets);
    }
    process.no_new_privileges = reader.boolean("noNewPrivileges");
    if (const auto score = reader.signed_number("oomScoreAdj", -1000, 1000)) {
        process.oom_score_adj = static_cast<int>(*score);
    }
    process.apparmor_profile = reader.text("apparmorProfile");
    process.selinux_label = reader.text("selinuxLabel");
    if (const auto scheduler = reader.object("scheduler")) {
        process.scheduler = read_scheduler(*scheduler);
    }
    if (const auto io = reader.object("ioPriority")) {
        process.io_priority =
            IoPriority{io->required_text("class"),
                       static_cast<std::int32_t>(io->signed_number("priority", 0, 7).value_or(0))};
    }
    if (const auto affinity = reader.object("execCPUAffinity")) {
        process.exec_cpu_affinity = CpuAffinity{affinity->text("initial"), affinity->text("final")};
    }
    return process;
}

Process parse_process(std::string_view json) {
    const auto document = parse_document(json, kBundleLimit, "process");
    return read_process(Reader(document, "process"));
}

} // namespace berth::spec
