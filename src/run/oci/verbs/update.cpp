// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/oci/placing.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 11> kUpdateOptions{{
    {"resources", 'r', "FILE", "linux.resources as JSON; '-' reads standard input"},
    {"memory", 0, "BYTES", "the most memory"},
    {"memory-reservation", 0, "BYTES", "memory kept as long as others have enough"},
    {"memory-swap", 0, "BYTES", "the most memory and swap together; -1: no limit"},
    {"cpu-shares", 0, "N", "weight from 2 to 262144"},
    {"cpu-quota", 0, "USEC", "processor time in each period; -1: no limit"},
    {"cpu-period", 0, "USEC", "length of a period"},
    {"cpuset-cpus", 0, "LIST", "the processors to use"},
    {"cpuset-mems", 0, "LIST", "the memory nodes to use"},
    {"pids-limit", 0, "N", "the most processes; -1: no limit"},
    {"blkio-weight", 0, "N", "weight from 10 to 1000"},
}};

/// "64m" as well as a number.
std::optional<std::int64_t> size(const Arguments& arguments, std::string_view name) {
    if (!arguments.has(name)) return std::nullopt;
    const auto text = arguments.text(name);
    if (text == "-1") return -1;
    const auto bytes = base::parse_size(text);
    if (!bytes || *bytes > INT64_MAX) {
        throw Error(ErrorCode::InvalidArgument, "'" + base::printable(text.substr(0, 64)) +
                                                    "' for --" + std::string(name) + " is no size");
    }
    return static_cast<std::int64_t>(*bytes);
}

spec::CgroupLimits limits_of(const Arguments& arguments) {
    if (arguments.has("resources")) {
        const auto path = arguments.text("resources");
        return spec::parse_resources(
            path == "-" ? base::read_all(STDIN_FILENO, spec::kBundleLimit, "standard input")
                        : base::read_file(path, spec::kBundleLimit));
    }
    spec::CgroupLimits limits;
    limits.memory_limit = size(arguments, "memory");
    limits.memory_reservation = size(arguments, "memory-reservation");
    limits.memory_swap = size(arguments, "memory-swap");
    limits.cpu_shares = arguments.number("cpu-shares");
    limits.cpu_quota = arguments.signed_number("cpu-quota");
    limits.cpu_period = arguments.number("cpu-period");
    limits.cpus = arguments.text("cpuset-cpus");
    limits.mems = arguments.text("cpuset-mems");
    limits.pids_limit = arguments.signed_number("pids-limit");
    if (const auto weight = arguments.number("blkio-weight", 1000)) {
        limits.block_io_weight = static_cast<std::uint16_t>(*weight);
    }
    return limits;
}

int update(const Globals& globals, const Arguments& arguments) {
    const auto found = find_container(globals, arguments.only("container's id"));
    require_status(found, {Status::Created, Status::Running, Status::Paused}, "update");
    const auto limits = limits_of(arguments);
    if (!limits.unsupported.empty()) {
        throw Error(ErrorCode::Unsupported,
                    "cgroup v2 has nothing for " + base::join(limits.unsupported, ", "));
    }
    change_limits(found.state, limits);
    return 0;
}

} // namespace

const Verb kUpdateVerb{"update",       "CONTAINER", "change the limits of a container",
                       kUpdateOptions, Order::Any,  update};

} // namespace berth::run::oci
