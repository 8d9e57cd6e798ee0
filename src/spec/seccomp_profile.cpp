// SPDX-License-Identifier: LGPL-2.1-or-later
#include "seccomp_profile.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <base/strings.hpp>
#include <spec/bundle_parse.hpp>
#include <spec/bundle_reader.hpp>
#include <spec/seccomp_default.hpp>

namespace berth::spec {

namespace {

constexpr const char* kAllow = "SCMP_ACT_ALLOW";
constexpr const char* kErrno = "SCMP_ACT_ERRNO";

struct Machine {
    const char* go_name;      ///< as profiles name it in "arches"
    const char* architecture; ///< as libseccomp does
    std::vector<std::string> others;
};

/// What this berth was built for, and the other call conventions of such a machine.
const Machine& machine() {
#if defined(__x86_64__)
    static const Machine here{"amd64", "SCMP_ARCH_X86_64", {"SCMP_ARCH_X86", "SCMP_ARCH_X32"}};
#elif defined(__aarch64__)
    static const Machine here{"arm64", "SCMP_ARCH_AARCH64", {"SCMP_ARCH_ARM"}};
#elif defined(__riscv) && __riscv_xlen == 64
    static const Machine here{"riscv64", "SCMP_ARCH_RISCV64", {}};
#elif defined(__s390x__)
    static const Machine here{"s390x", "SCMP_ARCH_S390X", {"SCMP_ARCH_S390"}};
#elif defined(__powerpc64__)
    static const Machine here{"ppc64le", "SCMP_ARCH_PPC64LE", {}};
#else
    static const Machine here{"", "", {}};
#endif
    return here;
}

std::vector<std::string> native_architectures() {
    if (*machine().architecture == '\0') return {};
    std::vector<std::string> result{machine().architecture};
    result.insert(result.end(), machine().others.begin(), machine().others.end());
    return result;
}

bool contains(const std::vector<std::string>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

void allow(SeccompPolicy& policy, const std::string& names, std::vector<SeccompArg> args = {}) {
    policy.rules.push_back({base::split(names, ' '), kAllow, {}, std::move(args)});
}

/// Every address family but AF_ALG (38), the kernel's own ciphers, and AF_VSOCK (40), which reaches
/// the hypervisor.
void allow_sockets(SeccompPolicy& policy) {
    allow(policy, "socket", {{0, 38, 0, "SCMP_CMP_LT"}});
    allow(policy, "socket", {{0, 39, 0, "SCMP_CMP_EQ"}});
    allow(policy, "socket", {{0, 40, 0, "SCMP_CMP_GT"}});
}

/// PER_LINUX and PER_LINUX32, each with UNAME26 or without, and asking for the present one.
void allow_personalities(SeccompPolicy& policy) {
    for (const std::uint64_t persona : {0x0ULL, 0x8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL}) {
        allow(policy, "personality", {{0, persona, 0, "SCMP_CMP_EQ"}});
    }
}

void allow_machine(SeccompPolicy& policy) {
    const std::string_view name = machine().go_name;
    if (name == "amd64") allow(policy, "arch_prctl modify_ldt");
    if (name == "arm64") {
        allow(policy, "arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint "
                      "cacheflush set_tls");
    }
    if (name == "ppc64le") allow(policy, "sync_file_range2 swapcontext");
    if (name == "s390x") allow(policy, "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr");
    if (name == "riscv64") allow(policy, "riscv_flush_icache");
}

/// Without CAP_SYS_ADMIN clone(2) makes no namespaces; clone3(2), whose flags a filter can't see,
/// does not exist, so that the C library falls back.
void allow_processes(SeccompPolicy& policy) {
    constexpr std::uint64_t kNamespaceFlags = 0x7e020000;
    const std::uint32_t flags_argument = std::string_view(machine().go_name) == "s390x" ? 1 : 0;
    allow(policy, "clone", {{flags_argument, kNamespaceFlags, 0, "SCMP_CMP_MASKED_EQ"}});
    policy.rules.push_back({{"clone3"}, kErrno, ENOSYS, {}});
}

struct KernelVersion {
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    auto operator<=>(const KernelVersion&) const = default;
};

KernelVersion parse_version(const std::string& text) {
    const auto parts = base::split(text, '.');
    const auto digits = [&](std::size_t index) {
        if (index >= parts.size()) return std::uint64_t{0};
        const auto end = parts[index].find_first_not_of("0123456789");
        return base::parse_number(parts[index].substr(0, end), 100000).value_or(0);
    };
    return {digits(0), digits(1)};
}

bool kernel_is_at_least(const std::string& wanted) {
    utsname name{};
    if (::uname(&name) < 0) return false;
    const auto running = parse_version(static_cast<const char*>(name.release));
    return parse_version(wanted) <= running;
}

/// Whether every (or, for "excludes", any) condition of a rule holds here.
struct Conditions {
    std::vector<std::string> capabilities;
    std::vector<std::string> machines;
    std::string min_kernel;
};

Conditions read_conditions(const Reader& rule, const char* key) {
    const auto reader = rule.object(key);
    if (!reader) return {};
    return {reader->texts("caps"), reader->texts("arches"), reader->text("minKernel")};
}

bool included(const Conditions& when, const std::vector<std::string>& capabilities) {
    const bool has_all =
        std::all_of(when.capabilities.begin(), when.capabilities.end(),
                    [&](const std::string& name) { return contains(capabilities, name); });
    return has_all && (when.machines.empty() || contains(when.machines, machine().go_name)) &&
           (when.min_kernel.empty() || kernel_is_at_least(when.min_kernel));
}

bool excluded(const Conditions& when, const std::vector<std::string>& capabilities) {
    const bool has_one =
        std::any_of(when.capabilities.begin(), when.capabilities.end(),
                    [&](const std::string& name) { return contains(capabilities, name); });
    return has_one || contains(when.machines, machine().go_name) ||
           (!when.min_kernel.empty() && kernel_is_at_least(when.min_kernel));
}

SeccompRule read_rule(const Reader& item) {
    SeccompRule rule;
    rule.names = item.texts("names");
    if (item.has("name")) rule.names.push_back(item.text("name"));
    if (rule.names.empty()) item.fail("names", "must have at least one element");
    rule.action = item.required_text("action");
    if (const auto value = item.number("errnoRet", UINT32_MAX)) {
        rule.errno_ret = static_cast<std::uint32_t>(*value);
    }
    item.each_object("args",
                     [&](const Reader& arg) { rule.args.push_back(read_seccomp_arg(arg)); });
    return rule;
}

void read_architectures(const Reader& reader, SeccompPolicy& policy) {
    policy.architectures = reader.texts("architectures");
    if (reader.has("archMap") && !policy.architectures.empty()) {
        reader.fail("archMap", "can't be given together with architectures");
    }
    reader.each_object("archMap", [&](const Reader& item) {
        if (item.required_text("architecture") != machine().architecture) return;
        policy.architectures = item.texts("subArchitectures");
        policy.architectures.insert(policy.architectures.begin(), machine().architecture);
    });
}

} // namespace

SeccompPolicy default_seccomp(const std::vector<std::string>& capabilities) {
    SeccompPolicy policy;
    policy.default_action = kErrno;
    policy.default_errno_ret = EPERM;
    policy.architectures = native_architectures();
    allow(policy, kAllowedCalls);
    allow_sockets(policy);
    allow_personalities(policy);
    allow_machine(policy);
    for (const auto& item : kCallsOfCapabilities) {
        if (contains(capabilities, item.capability)) allow(policy, item.calls);
    }
    if (!contains(capabilities, "CAP_SYS_ADMIN")) allow_processes(policy);
    return policy;
}

SeccompPolicy parse_seccomp_profile(std::string_view json,
                                    const std::vector<std::string>& capabilities) {
    const auto document = parse_document(json, kSeccompProfileLimit, "seccomp profile");
    const Reader reader(document, "seccomp profile");
    SeccompPolicy policy;
    policy.default_action = reader.required_text("defaultAction");
    if (const auto value = reader.number("defaultErrnoRet", UINT32_MAX)) {
        policy.default_errno_ret = static_cast<std::uint32_t>(*value);
    }
    policy.flags = reader.texts("flags");
    policy.listener_path = reader.text("listenerPath");
    policy.listener_metadata = reader.text("listenerMetadata");
    read_architectures(reader, policy);
    reader.each_object("syscalls", [&](const Reader& item) {
        if (!included(read_conditions(item, "includes"), capabilities)) return;
        if (excluded(read_conditions(item, "excludes"), capabilities)) return;
        policy.rules.push_back(read_rule(item));
    });
    return policy;
}

} // namespace berth::spec
