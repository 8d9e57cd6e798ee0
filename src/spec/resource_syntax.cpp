// SPDX-License-Identifier: LGPL-2.1-or-later
#include "resource_syntax.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <base/strings.hpp>
#include <spec/mount_syntax.hpp>

namespace berth::spec {

namespace {

constexpr std::uint64_t kLeastMemory = 6U << 20U;
constexpr std::uint64_t kMaxCpus = 8192;

std::uint64_t parse_bytes(std::string_view flag, std::string_view text) {
    const auto bytes = base::parse_size(text);
    if (!bytes) throw bad_value(flag, text, "expected a size such as 512m or 2g");
    return *bytes;
}

std::uint64_t parse_between(std::string_view flag, std::string_view text, std::uint64_t least,
                            std::uint64_t most) {
    const auto number = base::parse_number(text, most);
    if (!number || *number < least) {
        throw bad_value(flag, text,
                        "expected a number from " + std::to_string(least) + " to " +
                            std::to_string(most));
    }
    return *number;
}

std::int64_t parse_signed(std::string_view flag, std::string_view text, std::int64_t least,
                          std::int64_t most) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (text.empty() || stop != end || status != std::errc() || value < least || value > most) {
        throw bad_value(flag, text,
                        "expected a number from " + std::to_string(least) + " to " +
                            std::to_string(most));
    }
    return value;
}

/// "1.5" -> 1500000000, exactly.
std::uint64_t parse_cpus(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view part =
        point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    std::string digits(part);
    digits.resize(9, '0');
    const auto cpus =
        whole.empty() ? std::optional<std::uint64_t>(0) : base::parse_number(whole, kMaxCpus);
    const auto nano = base::parse_number(digits);
    const bool empty = whole.empty() && part.empty();
    if (!cpus || !nano || empty || part.size() > 9) {
        throw bad_value("cpus", text, "expected a number of processors such as 0.5 or 2");
    }
    const std::uint64_t total = *cpus * 1'000'000'000U + *nano;
    if (total != 0 && total < 10'000'000) {
        throw bad_value("cpus", text, "the least is 0.01");
    }
    return total;
}

void check_list(std::string_view flag, std::string_view text) {
    for (const auto& part : base::split(text, ',')) {
        const std::size_t dash = part.find('-');
        const auto first = base::parse_number(std::string_view(part).substr(0, dash), kMaxCpus - 1);
        const auto last =
            dash == std::string::npos
                ? first
                : base::parse_number(std::string_view(part).substr(dash + 1), kMaxCpus - 1);
        if (!first || !last || *last < *first) {
            throw bad_value(flag, text, "expected a list such as 0-3,7");
        }
    }
}

void read_memory(ConfigReader& config, Resources& resources) {
    if (const auto text = config.text("memory"); !text.empty()) {
        resources.memory = parse_bytes("memory", text);
        if (resources.memory != 0 && resources.memory < kLeastMemory) {
            throw bad_value("memory", text, "the least is 6m");
        }
    }
    if (const auto text = config.text("memory_swap"); !text.empty()) {
        resources.memory_swap =
            text == "-1" ? -1 : static_cast<std::int64_t>(parse_bytes("memory-swap", text));
    }
    if (const auto text = config.text("memory_reservation"); !text.empty()) {
        resources.memory_reservation = parse_bytes("memory-reservation", text);
    }
}

void check_memory(const Resources& resources) {
    if (resources.memory_swap > 0) {
        if (resources.memory == 0) {
            throw Error(ErrorCode::InvalidArgument,
                        "--memory-swap needs --memory: it is the sum of memory and swap");
        }
        if (static_cast<std::uint64_t>(resources.memory_swap) < resources.memory) {
            throw Error(ErrorCode::InvalidArgument,
                        "--memory-swap must not be less than --memory: it is the sum of memory "
                        "and swap");
        }
    }
    if (resources.memory != 0 && resources.memory_reservation > resources.memory) {
        throw Error(ErrorCode::InvalidArgument,
                    "--memory-reservation must not be more than --memory");
    }
}

std::uint64_t parse_limit_value(std::string_view whole, std::string_view text) {
    if (text == "-1" || text == "unlimited") return UINT64_MAX;
    const auto number = base::parse_number(text);
    if (!number) throw bad_value("ulimit", whole, "expected NAME=SOFT[:HARD] with numbers or -1");
    return *number;
}

bool is_permission_set(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 3 &&
           text.find_first_not_of("rwm") == std::string_view::npos;
}

} // namespace

void read_limits(ConfigReader& config, Resources& resources) {
    read_memory(config, resources);
    if (const auto text = config.text("cpus"); !text.empty()) {
        resources.nano_cpus = parse_cpus(text);
    }
    if (const auto text = config.text("cpu_shares"); !text.empty()) {
        resources.cpu_shares = parse_between("cpu-shares", text, 0, 262144);
        if (resources.cpu_shares == 1) resources.cpu_shares = 2;
    }
    if (const auto text = config.text("cpuset_cpus"); !text.empty()) {
        check_list("cpuset-cpus", text);
        resources.cpuset_cpus = text;
    }
    if (const auto text = config.text("cpuset_mems"); !text.empty()) {
        check_list("cpuset-mems", text);
        resources.cpuset_mems = text;
    }
    if (const auto text = config.text("pids_limit"); !text.empty()) {
        resources.pids_limit = parse_signed("pids-limit", text, -1, 4194304);
    }
    if (const auto text = config.text("blkio_weight"); !text.empty()) {
        resources.blkio_weight = text == "0" ? 0 : parse_between("blkio-weight", text, 10, 1000);
    }
    check_memory(resources);
}

void read_fixed_limits(ConfigReader& config, Resources& resources) {
    if (const auto text = config.text("shm_size"); !text.empty()) {
        resources.shm_size = parse_bytes("shm-size", text);
        if (resources.shm_size == 0) throw bad_value("shm-size", text, "must be more than 0");
    }
    if (const auto text = config.text("oom_score_adj"); !text.empty()) {
        resources.oom_score_adj = parse_signed("oom-score-adj", text, -1000, 1000);
    }
}

Ulimit parse_ulimit(std::string_view text) {
    static constexpr std::array<std::string_view, 16> kNames{
        "as",   "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue",
        "nice", "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
    const std::size_t equals = text.find('=');
    const std::string name(text.substr(0, equals));
    if (equals == std::string_view::npos ||
        std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
        throw bad_value("ulimit", text,
                        "expected NAME=SOFT[:HARD], NAME one of as, core, cpu, data, fsize, locks, "
                        "memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, "
                        "stack");
    }
    const std::string_view values = text.substr(equals + 1);
    const std::size_t colon = values.find(':');
    Ulimit limit{.name = name};
    limit.soft = parse_limit_value(text, values.substr(0, colon));
    limit.hard = colon == std::string_view::npos
                     ? limit.soft
                     : parse_limit_value(text, values.substr(colon + 1));
    if (limit.soft > limit.hard) {
        throw bad_value("ulimit", text, "the soft limit must not be more than the hard limit");
    }
    return limit;
}

Device parse_device(std::string_view text) {
    static constexpr std::string_view kExpected =
        "expected HOST-PATH[:CONTAINER-PATH][:PERMISSIONS], absolute paths, permissions of rwm";
    const auto parts = base::split(text, ':');
    if (parts.size() > 3 || parts[0].empty() || parts[0][0] != '/') {
        throw bad_value("device", text, kExpected);
    }
    Device device{.host_path = clean_path(parts[0])};
    std::size_t next = 1;
    if (parts.size() > next && !parts[next].empty() && parts[next][0] == '/') {
        device.container_path = clean_target("device", parts[next++]);
    } else if (parts.size() == 3) {
        throw bad_value("device", text, kExpected);
    } else {
        device.container_path = clean_target("device", parts[0]);
    }
    if (parts.size() > next) {
        if (parts.size() > next + 1 || !is_permission_set(parts[next])) {
            throw bad_value("device", text, kExpected);
        }
        device.permissions = parts[next];
    }
    return device;
}

RestartPolicy parse_restart(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view mode = text.substr(0, colon);
    RestartPolicy policy;
    if (mode == "on-failure") {
        policy.mode = RestartMode::OnFailure;
        if (colon == std::string_view::npos) return policy;
        policy.max_retries =
            static_cast<unsigned>(parse_between("restart", text.substr(colon + 1), 0, 1U << 30U));
        return policy;
    }
    if (colon == std::string_view::npos) {
        if (mode == "no" || mode.empty()) return policy;
        policy.mode = mode == "always" ? RestartMode::Always : RestartMode::UnlessStopped;
        if (mode == "always" || mode == "unless-stopped") return policy;
    }
    throw bad_value("restart", text, "expected no, on-failure[:TIMES], always or unless-stopped");
}

const char* restart_name(RestartMode mode) noexcept {
    switch (mode) {
    case RestartMode::OnFailure:
        return "on-failure";
    case RestartMode::Always:
        return "always";
    case RestartMode::UnlessStopped:
        return "unless-stopped";
    case RestartMode::No:
        break;
    }
    return "no";
}

std::pair<std::string, std::string> parse_sysctl(std::string_view text, bool own_network,
                                                 bool own_ipc) {
    static constexpr std::array<std::string_view, 9> kIpc{
        "kernel.msgmax", "kernel.msgmnb",          "kernel.msgmni",
        "kernel.sem",    "kernel.shmall",          "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.msg_next_id"};
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) throw bad_value("sysctl", text, "expected KEY=VALUE");
    std::string key(text.substr(0, equals));
    std::string value(text.substr(equals + 1));
    const bool plain = key.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
                           std::string::npos &&
                       key.find("..") == std::string::npos && key.size() <= 256;
    if (!plain || value.find_first_of("\n\r") != std::string::npos) {
        throw bad_value("sysctl", text, "the key or value has characters that don't belong there");
    }
    // "net/ipv4/ip_forward" is the same setting; a slash in a name of an interface is a dot then.
    if (key.find('.') == std::string::npos) std::replace(key.begin(), key.end(), '/', '.');
    const bool ipc =
        std::find(kIpc.begin(), kIpc.end(), key) != kIpc.end() || key.rfind("fs.mqueue.", 0) == 0;
    const bool network = key.rfind("net.", 0) == 0;
    if (key.find('/') != std::string::npos || (!ipc && !network)) {
        throw bad_value("sysctl", text,
                        "a container may set kernel.msg*, kernel.sem, kernel.shm*, fs.mqueue.* and "
                        "net.*: other settings are the whole machine's");
    }
    if ((network && !own_network) || (ipc && !own_ipc)) {
        throw bad_value("sysctl", text,
                        "the container shares this namespace, so the setting is not its own");
    }
    return {std::move(key), std::move(value)};
}

} // namespace berth::spec
