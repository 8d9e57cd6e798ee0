// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mode_syntax.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <spec/config_reader.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/seccomp_profile.hpp>

namespace berth::spec {

namespace {

constexpr std::string_view kContainer = "container:";

bool is_container_mode(std::string_view text) {
    return text.rfind(kContainer, 0) == 0 && is_container_name(text.substr(kContainer.size()));
}

bool parse_bool(std::string_view flag, std::string_view whole, std::string_view text) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    throw bad_value(flag, whole, "expected true or false");
}

void set_seccomp(ContainerSpec& spec, std::string_view value) {
    if (value == "builtin") {
        spec.seccomp.clear();
    } else if (value == "unconfined") {
        spec.seccomp = value;
    } else {
        // Parsed to be refused now rather than at the start; what counts is parsed there.
        (void)parse_seccomp_profile(value, {});
        spec.seccomp = value;
    }
}

} // namespace

std::string shared_container(std::string_view mode) {
    if (mode.rfind(kContainer, 0) != 0) return {};
    return std::string(mode.substr(kContainer.size()));
}

std::string parse_network_mode(std::string_view text) {
    if (text.empty()) return "default";
    if (is_container_mode(text) || is_container_name(text)) return std::string(text);
    throw bad_value("network", text,
                    "expected bridge, host, none, container:NAME or the name of a network");
}

std::string parse_pid_mode(std::string_view text) {
    if (text.empty() || text == "host" || is_container_mode(text)) return std::string(text);
    if (text == "private") return {};
    throw bad_value("pid", text, "expected host or container:NAME");
}

std::string parse_ipc_mode(std::string_view text) {
    if (text.empty() || text == "host" || text == "none" || is_container_mode(text)) {
        return std::string(text);
    }
    // Every container's IPC namespace can be shared.
    if (text == "private" || text == "shareable") return {};
    throw bad_value("ipc", text, "expected private, shareable, host, none or container:NAME");
}

std::string parse_uts_mode(std::string_view text) {
    if (text.empty() || text == "host") return std::string(text);
    if (text == "private") return {};
    throw bad_value("uts", text, "expected host");
}

std::string parse_cgroupns(std::string_view text) {
    if (text.empty()) return "private";
    if (text == "private" || text == "host") return std::string(text);
    throw bad_value("cgroupns", text, "expected private or host");
}

void check_userns(std::string_view text) {
    if (text.empty() || text == "host") return;
    throw Error(ErrorCode::Unsupported,
                "--userns " + base::printable(text.substr(0, 64)) + ": only 'host' is supported");
}

std::string parse_cgroup_parent(std::string_view text) {
    if (text.empty()) return {};
    static constexpr std::string_view kSuffix = ".slice";
    const bool fits = text.size() > kSuffix.size() && text.size() <= 200 &&
                      text.substr(text.size() - kSuffix.size()) == kSuffix && text[0] != '-' &&
                      text[0] != '.' && std::all_of(text.begin(), text.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                 (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                                 c == ':';
                      });
    if (!fits) throw bad_value("cgroup-parent", text, "expected the name of a slice, 'web.slice'");
    return std::string(text);
}

void apply_security_option(ContainerSpec& spec, std::string_view text) {
    const std::size_t separator = text.find_first_of("=:");
    const std::string_view key = text.substr(0, separator);
    const std::string_view value =
        separator == std::string_view::npos ? std::string_view() : text.substr(separator + 1);
    if (key == "no-new-privileges") {
        spec.no_new_privileges =
            separator == std::string_view::npos || parse_bool("security-opt", text, value);
    } else if (key == "seccomp" && !value.empty()) {
        set_seccomp(spec, value);
    } else if (key == "systempaths" && value == "unconfined") {
        spec.unmask_paths = true;
    } else if (text != "label=disable" && text != "label:disable" &&
               text != "apparmor=unconfined" && text != "apparmor:unconfined") {
        throw bad_value("security-opt", text,
                        "known are no-new-privileges, seccomp=unconfined, seccomp=PROFILE, "
                        "systempaths=unconfined, label=disable and apparmor=unconfined");
    }
}

} // namespace berth::spec
