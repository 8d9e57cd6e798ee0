// SPDX-License-Identifier: LGPL-2.1-or-later
#include "seccomp_filter.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <linux/audit.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/handle.hpp>
#include <berth/error.hpp>
#include <run/seccomp_names.hpp>

namespace berth::run {

namespace {

using Context = std::unique_ptr<void, base::Freer<seccomp_release>>;

[[noreturn]] void refuse(const char* what, const std::string& name) {
    throw Error(ErrorCode::InvalidArgument, "the seccomp policy's " + std::string(what) + " '" +
                                                name.substr(0, 100) + "' is not known");
}

void check(int result, const std::string& what) {
    if (result < 0) throw_errno("cannot compile the seccomp policy: " + what, -result);
}

template <class Table>
const auto& find(const Table& table, const char* what, const std::string& name) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [&](const auto& item) { return item.name == name; });
    if (found == table.end()) refuse(what, name);
    return *found;
}

std::uint32_t action_value(const std::string& name,
                           const std::optional<std::uint32_t>& errno_value) {
    const auto& known = find(kFilterActions, "action", name);
    if (!known.takes_errno) {
        if (!errno_value || *errno_value == 0) return known.action;
        throw Error(ErrorCode::InvalidArgument,
                    "the seccomp policy gives an errno to " + name + ", which takes none");
    }
    const std::uint32_t value = errno_value.value_or(EPERM);
    if (value > 0xffff) refuse("errno value", std::to_string(value));
    return known.action | value;
}

std::uint32_t native_token(std::uint32_t token) {
    return token == SCMP_ARCH_NATIVE ? seccomp_arch_native() : token;
}

void add_architectures(const spec::SeccompPolicy& policy, scmp_filter_ctx context) {
    std::set<std::uint32_t> wanted;
    for (const auto& name : policy.architectures) {
        const auto& known = find(kFilterArchitectures, "architecture", name);
        const auto token = seccomp_arch_resolve_name(known.library_name);
        if (token != 0) wanted.insert(native_token(token));
    }
    for (const auto token : wanted) {
        const int result = seccomp_arch_add(context, token);
        if (result != -EEXIST) check(result, "adding an architecture");
    }
    // The machine's own is always filtered: without it every call would be refused by death.
}

scmp_arg_cmp comparison(const spec::SeccompArg& arg) {
    return {arg.index, find(kFilterOperators, "operator", arg.op).op, arg.value, arg.value_two};
}

bool has_repeated_index(const std::vector<spec::SeccompArg>& args) {
    std::set<std::uint32_t> seen;
    return std::any_of(args.begin(), args.end(),
                       [&](const spec::SeccompArg& arg) { return !seen.insert(arg.index).second; });
}

void add_call(scmp_filter_ctx context, const spec::SeccompRule& rule, std::uint32_t action,
              const std::string& name) {
    const int call = seccomp_syscall_resolve_name(name.c_str());
    if (call == __NR_SCMP_ERROR) return;
    std::vector<scmp_arg_cmp> args;
    for (const auto& arg : rule.args)
        args.push_back(comparison(arg));
    // The library joins the conditions of a rule by "and" and takes each argument once; the
    // specification has several conditions on one argument joined by "or".
    if (has_repeated_index(rule.args)) {
        for (const auto& arg : args) {
            check(seccomp_rule_add_array(context, action, call, 1, &arg), name);
        }
        return;
    }
    check(seccomp_rule_add_array(context, action, call, static_cast<unsigned>(args.size()),
                                 args.data()),
          name);
}

FilterProgram export_program(scmp_filter_ctx context) {
    const base::Fd file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file) throw_errno("cannot make a file in memory");
    check(seccomp_export_bpf(context, file.get()), "writing the program");
    if (::lseek(file.get(), 0, SEEK_SET) < 0) throw_errno("cannot read the filter back");
    const auto bytes = base::read_all(file.get(), 4096 * sizeof(sock_filter), "filter");
    FilterProgram program(bytes.size() / sizeof(sock_filter));
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(program.data()));
    return program;
}

/// The highest number the library has a name for; calls have the same numbers everywhere from 424.
std::uint32_t highest_known_call() {
    std::uint32_t highest = 424;
    for (std::uint32_t number = 424; number < 600; ++number) {
        char* name =
            seccomp_syscall_resolve_num_arch(seccomp_arch_native(), static_cast<int>(number));
        if (name != nullptr) highest = number;
        std::free(name); // NOLINT: the library allocates with malloc
    }
    return highest;
}

bool allows_plainly(const spec::SeccompPolicy& policy, std::string_view name) {
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](const auto& rule) {
        return rule.action == "SCMP_ACT_ALLOW" && rule.args.empty() &&
               std::find(rule.names.begin(), rule.names.end(), name) != rule.names.end();
    });
}

sock_filter statement(unsigned code, std::uint32_t value) {
    return {static_cast<std::uint16_t>(code), 0, 0, value};
}

sock_filter jump(unsigned code, std::uint32_t value, std::size_t yes, std::size_t no) {
    return {static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(yes),
            static_cast<std::uint8_t>(no), value};
}

/// x32's own calls, which the library knows though they have the highest numbers of all.
constexpr std::uint32_t kFirstOfX32 = 512;
constexpr std::uint32_t kLastOfX32 = 547;

/// Answers calls above the library's knowledge, before its program:
///     arch unknown here -> program; number <= highest or x32's -> program; allowed -> ALLOW;
///     else ENOSYS
FilterProgram newer_calls(const spec::SeccompPolicy& policy) {
    std::vector<std::uint32_t> allowed;
    const auto highest = highest_known_call();
    for (const auto& call : kNewCalls) {
        if (call.number > highest && allows_plainly(policy, call.name)) {
            allowed.push_back(call.number);
        }
    }
#if defined(__x86_64__)
    const std::uint32_t probe = allows_plainly(policy, "uretprobe") ? 335 : 0xffffffff;
#else
    const std::uint32_t probe = 0xffffffff;
#endif
    const std::size_t count = allowed.size();
    const std::size_t allow = 11 + count; // where the ALLOW is; the program follows it
    FilterProgram program;
    const auto to = [&program](std::size_t line) { return line - program.size() - 1; };
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
    program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, to(5), 0));
    program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, to(allow + 1)));
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, probe, to(allow), 0)); // 64 bits only
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    program.push_back(statement(BPF_ALU | BPF_AND | BPF_K, 0x3fffffff)); // x32 has a bit of its own
    program.push_back(jump(BPF_JMP | BPF_JGT | BPF_K, highest, 0, to(allow + 1)));
    program.push_back(jump(BPF_JMP | BPF_JGE | BPF_K, kFirstOfX32, 0, 1));
    program.push_back(jump(BPF_JMP | BPF_JGT | BPF_K, kLastOfX32, 0, to(allow + 1)));
    for (const std::uint32_t number : allowed)
        program.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, number, to(allow), 0));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
    program.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    return program;
}

constexpr const char* kNotify = "SCMP_ACT_NOTIFY";

bool notifies(const spec::SeccompPolicy& policy) {
    return policy.default_action == kNotify ||
           std::any_of(policy.rules.begin(), policy.rules.end(),
                       [](const spec::SeccompRule& rule) { return rule.action == kNotify; });
}

bool notifies_of(const spec::SeccompPolicy& policy, const std::string& call) {
    bool named = false;
    for (const auto& rule : policy.rules) {
        if (std::find(rule.names.begin(), rule.names.end(), call) == rule.names.end()) continue;
        if (rule.action == kNotify) return true;
        named = true;
    }
    return !named && policy.default_action == kNotify;
}

} // namespace

FilterProgram compile_filter(const spec::SeccompPolicy& policy) {
    const auto fallback = action_value(policy.default_action, policy.default_errno_ret);
    const Context context(seccomp_init(fallback));
    if (!context) refuse("default action", policy.default_action);
    check(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_NNP, 0), "no_new_privs");
    check(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimising");
    add_architectures(policy, context.get());
    for (const auto& rule : policy.rules) {
        const auto action = action_value(rule.action, rule.errno_ret);
        if (action == fallback) continue;
        for (const auto& name : rule.names)
            add_call(context.get(), rule, action, name);
    }
    auto program = export_program(context.get());
    if (policy.default_action == "SCMP_ACT_ERRNO") {
        const auto first = newer_calls(policy);
        program.insert(program.begin(), first.begin(), first.end());
    }
    return program;
}

unsigned filter_flags(const spec::SeccompPolicy& policy) {
    unsigned flags = 0;
    for (const auto& name : policy.flags)
        flags |= find(kFilterFlags, "flag", name).flag;
    if (!notifies(policy)) return flags;
    if (policy.listener_path.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "the seccomp policy has SCMP_ACT_NOTIFY and no listenerPath");
    }
    if (notifies_of(policy, "sendmsg")) {
        throw Error(ErrorCode::InvalidArgument,
                    "the seccomp policy can't have SCMP_ACT_NOTIFY for sendmsg: the listener "
                    "itself is handed over by that call");
    }
    // With one thread there is nothing to synchronise, and the kernel refuses both at once.
    return (flags & ~static_cast<unsigned>(SECCOMP_FILTER_FLAG_TSYNC)) |
           SECCOMP_FILTER_FLAG_NEW_LISTENER;
}

base::Fd load_filter(const FilterProgram& program, unsigned flags) {
    const sock_fprog kernel_program{static_cast<unsigned short>(program.size()),
                                    const_cast<sock_filter*>(program.data())};
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &kernel_program);
    if (result < 0) throw_errno("cannot set the system call filter");
    return base::Fd((flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0 ? static_cast<int>(result)
                                                                    : -1);
}

} // namespace berth::run
