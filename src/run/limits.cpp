// SPDX-License-Identifier: LGPL-2.1-or-later
#include "limits.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

struct NamedNumber {
    std::string_view name;
    int number;
};

constexpr std::array<NamedNumber, 16> kLimits{{
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_STACK", RLIMIT_STACK},
}};

constexpr std::array<NamedNumber, 7> kPolicies{{
    {"SCHED_OTHER", SCHED_OTHER},
    {"SCHED_FIFO", SCHED_FIFO},
    {"SCHED_RR", SCHED_RR},
    {"SCHED_BATCH", SCHED_BATCH},
    {"SCHED_ISO", 4},
    {"SCHED_IDLE", SCHED_IDLE},
    {"SCHED_DEADLINE", 6},
}};

constexpr std::array<NamedNumber, 7> kSchedulerFlags{{
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},
    {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},
    {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},
    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
}};

constexpr std::array<NamedNumber, 3> kIoClasses{{
    {"IOPRIO_CLASS_RT", IOPRIO_CLASS_RT},
    {"IOPRIO_CLASS_BE", IOPRIO_CLASS_BE},
    {"IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE},
}};

template <class Table>
int number_of(const Table& table, const std::string& name, const char* what) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [&](const NamedNumber& item) { return item.name == name; });
    if (found == table.end()) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + name.substr(0, 64) + "' is no " + std::string(what));
    }
    return found->number;
}

void set_rlimit(const spec::Rlimit& limit, Strictness strictness) {
    const auto resource =
        static_cast<__rlimit_resource>(number_of(kLimits, limit.type, "resource limit"));
    rlimit value{limit.soft, limit.hard};
    if (::setrlimit(resource, &value) == 0) return;
    rlimit present{};
    if (errno != EPERM || strictness == Strictness::Exact || ::getrlimit(resource, &present) < 0) {
        throw_errno("cannot set " + limit.type);
    }
    value.rlim_max = std::min(value.rlim_max, present.rlim_max);
    value.rlim_cur = std::min(value.rlim_cur, value.rlim_max);
    if (::setrlimit(resource, &value) < 0) throw_errno("cannot set " + limit.type);
}

struct KernelSchedule { // sched_setattr(2), which glibc 2.36 has not
    std::uint32_t size;
    std::uint32_t policy;
    std::uint64_t flags;
    std::int32_t nice;
    std::uint32_t priority;
    std::uint64_t runtime;
    std::uint64_t deadline;
    std::uint64_t period;
};

void set_scheduler(const spec::Scheduler& scheduler) {
    KernelSchedule schedule{
        sizeof(KernelSchedule),
        static_cast<std::uint32_t>(number_of(kPolicies, scheduler.policy, "scheduling policy")),
        0,
        scheduler.nice,
        static_cast<std::uint32_t>(scheduler.priority),
        scheduler.runtime,
        scheduler.deadline,
        scheduler.period};
    for (const auto& flag : scheduler.flags) {
        schedule.flags |=
            static_cast<std::uint64_t>(number_of(kSchedulerFlags, flag, "scheduler flag"));
    }
    if (::syscall(SYS_sched_setattr, 0, &schedule, 0) < 0) throw_errno("cannot set the scheduler");
}

void set_io_priority(const spec::IoPriority& priority) {
    const int io_class = number_of(kIoClasses, priority.priority_class, "I/O priority class");
    if (::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
                  IOPRIO_PRIO_VALUE(io_class, priority.priority)) < 0) {
        throw_errno("cannot set the I/O priority");
    }
}

} // namespace

void set_limits(const spec::Process& process, Strictness strictness) {
    for (const auto& limit : process.rlimits)
        set_rlimit(limit, strictness);
    if (process.scheduler) set_scheduler(*process.scheduler);
    if (process.io_priority) set_io_priority(*process.io_priority);
}

void set_personality(const std::string& domain) {
    if (domain.empty()) return;
    if (domain != "LINUX" && domain != "LINUX32") {
        throw Error(ErrorCode::InvalidArgument,
                    "the personality '" + domain.substr(0, 40) + "' is neither LINUX nor LINUX32");
    }
    if (::personality(domain == "LINUX" ? PER_LINUX : PER_LINUX32) < 0) {
        throw_errno("cannot set the personality " + domain);
    }
}

void set_oom_score(const spec::Process& process, Strictness strictness) {
    if (!process.oom_score_adj) return;
    const auto text = std::to_string(*process.oom_score_adj);
    const base::Fd fd(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open /proc/self/oom_score_adj");
    if (::write(fd.get(), text.data(), text.size()) >= 0) return;
    // Lowering needs CAP_SYS_RESOURCE; without it the process keeps what it inherited.
    const bool denied = errno == EACCES || errno == EPERM;
    if (!denied || strictness == Strictness::Exact) throw_errno("cannot set the OOM score");
}

} // namespace berth::run
