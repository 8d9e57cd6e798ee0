// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capabilities.hpp"

#include <algorithm>
#include <set>

#include <berth/error.hpp>

namespace berth::spec {

namespace {

std::string canonical(std::string_view name) {
    std::string upper;
    for (const char c : name)
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper.compare(0, 4, "CAP_") == 0 || upper == "ALL" ? upper : "CAP_" + upper;
}

bool has_all(const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return canonical(name) == "ALL"; });
}

std::set<unsigned> numbers(const std::vector<std::string>& names) {
    std::set<unsigned> result;
    for (const auto& name : names) {
        if (canonical(name) == "ALL") continue;
        const auto number = capability_number(name);
        if (!number) {
            throw Error(ErrorCode::InvalidArgument, "there is no capability '" +
                                                        name.substr(0, 64) +
                                                        "'; see capabilities(7) for their names");
        }
        result.insert(*number);
    }
    return result;
}

} // namespace

const std::vector<std::string>& all_capabilities() {
    static const std::vector<std::string> names{"CAP_CHOWN",
                                                "CAP_DAC_OVERRIDE",
                                                "CAP_DAC_READ_SEARCH",
                                                "CAP_FOWNER",
                                                "CAP_FSETID",
                                                "CAP_KILL",
                                                "CAP_SETGID",
                                                "CAP_SETUID",
                                                "CAP_SETPCAP",
                                                "CAP_LINUX_IMMUTABLE",
                                                "CAP_NET_BIND_SERVICE",
                                                "CAP_NET_BROADCAST",
                                                "CAP_NET_ADMIN",
                                                "CAP_NET_RAW",
                                                "CAP_IPC_LOCK",
                                                "CAP_IPC_OWNER",
                                                "CAP_SYS_MODULE",
                                                "CAP_SYS_RAWIO",
                                                "CAP_SYS_CHROOT",
                                                "CAP_SYS_PTRACE",
                                                "CAP_SYS_PACCT",
                                                "CAP_SYS_ADMIN",
                                                "CAP_SYS_BOOT",
                                                "CAP_SYS_NICE",
                                                "CAP_SYS_RESOURCE",
                                                "CAP_SYS_TIME",
                                                "CAP_SYS_TTY_CONFIG",
                                                "CAP_MKNOD",
                                                "CAP_LEASE",
                                                "CAP_AUDIT_WRITE",
                                                "CAP_AUDIT_CONTROL",
                                                "CAP_SETFCAP",
                                                "CAP_MAC_OVERRIDE",
                                                "CAP_MAC_ADMIN",
                                                "CAP_SYSLOG",
                                                "CAP_WAKE_ALARM",
                                                "CAP_BLOCK_SUSPEND",
                                                "CAP_AUDIT_READ",
                                                "CAP_PERFMON",
                                                "CAP_BPF",
                                                "CAP_CHECKPOINT_RESTORE"};
    return names;
}

const std::vector<std::string>& default_capabilities() {
    static const std::vector<std::string> names{
        "CAP_CHOWN",       "CAP_DAC_OVERRIDE", "CAP_FOWNER",
        "CAP_FSETID",      "CAP_KILL",         "CAP_SETGID",
        "CAP_SETUID",      "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE",
        "CAP_NET_RAW",     "CAP_SYS_CHROOT",   "CAP_MKNOD",
        "CAP_AUDIT_WRITE", "CAP_SETFCAP"};
    return names;
}

std::optional<unsigned> capability_number(std::string_view name) {
    const auto& names = all_capabilities();
    const auto found = std::find(names.begin(), names.end(), canonical(name));
    if (found == names.end()) return std::nullopt;
    return static_cast<unsigned>(found - names.begin());
}

std::vector<std::string> resolve_capabilities(const std::vector<std::string>& add,
                                              const std::vector<std::string>& drop,
                                              bool privileged) {
    const auto added = numbers(add);
    const auto dropped = numbers(drop);
    const auto& all = all_capabilities();
    // As docker decides it: ALL added gives all but those dropped by name; ALL dropped gives those
    // added by name; else what is added by name wins over what is dropped.
    std::set<unsigned> wanted;
    if (privileged) {
        wanted = numbers(all);
    } else if (has_all(add)) {
        wanted = numbers(all);
        for (const unsigned number : dropped)
            wanted.erase(number);
    } else {
        if (!has_all(drop)) wanted = numbers(default_capabilities());
        for (const unsigned number : dropped)
            wanted.erase(number);
        wanted.insert(added.begin(), added.end());
    }
    std::vector<std::string> result;
    for (const unsigned number : wanted)
        result.push_back(all[number]);
    return result;
}

} // namespace berth::spec
