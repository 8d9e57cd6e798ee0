// SPDX-License-Identifier: LGPL-2.1-or-later
// Device rules as a BPF program: cgroup v2 has no files for them.
// Source: the kernel's bpf(2), linux/bpf.h "struct bpf_cgroup_dev_ctx".
#include "cgroup.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

using Program = std::vector<bpf_insn>;

bpf_insn load(std::uint8_t to, std::int16_t offset) {
    return {BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_1, offset, 0};
}
bpf_insn set(std::uint8_t to, std::int32_t value) {
    return {BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value};
}
bpf_insn copy(std::uint8_t to, std::uint8_t from) {
    return {BPF_ALU | BPF_MOV | BPF_X, to, from, 0, 0};
}
bpf_insn calculate(std::uint8_t operation, std::uint8_t to, std::int32_t value) {
    return {static_cast<std::uint8_t>(BPF_ALU | operation | BPF_K), to, 0, 0, value};
}
bpf_insn unless_equal(std::uint8_t a, std::int32_t value, std::int16_t skip) {
    return {BPF_JMP32 | BPF_JNE | BPF_K, a, 0, skip, value};
}
bpf_insn unless_same(std::uint8_t a, std::uint8_t b, std::int16_t skip) {
    return {BPF_JMP32 | BPF_JNE | BPF_X, a, b, skip, 0};
}
constexpr bpf_insn kExit{BPF_JMP | BPF_EXIT, 0, 0, 0, 0};

/// Registers: 2 type, 3 access, 4 major, 5 minor.
Program prologue() {
    return {load(BPF_REG_2, 0), calculate(BPF_AND, BPF_REG_2, 0xffff),
            load(BPF_REG_3, 0), calculate(BPF_RSH, BPF_REG_3, 16),
            load(BPF_REG_4, 4), load(BPF_REG_5, 8)};
}

std::int32_t access_bits(const std::string& access) {
    std::int32_t bits = 0;
    for (const char c : access) {
        bits |= c == 'm'   ? BPF_DEVCG_ACC_MKNOD
                : c == 'r' ? BPF_DEVCG_ACC_READ
                           : BPF_DEVCG_ACC_WRITE;
    }
    return bits;
}

/// A rule's conditions each skip to the rule's end, where the next one starts.
void add_rule(Program& program, const spec::DeviceRule& rule) {
    constexpr std::int32_t kAllAccess =
        BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;
    Program body;
    if (rule.type != 'a') {
        body.push_back(unless_equal(
            BPF_REG_2, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, 0));
    }
    if (const auto bits = access_bits(rule.access); bits != kAllAccess) {
        body.push_back(copy(BPF_REG_1, BPF_REG_3));
        body.push_back(calculate(BPF_AND, BPF_REG_1, bits));
        // Allowed: all that is wanted is in the rule. Denied: any of it is.
        body.push_back(rule.allow ? unless_same(BPF_REG_1, BPF_REG_3, 0)
                                  : bpf_insn{BPF_JMP32 | BPF_JEQ | BPF_K, BPF_REG_1, 0, 0, 0});
    }
    if (rule.major) {
        body.push_back(unless_equal(BPF_REG_4, static_cast<std::int32_t>(*rule.major), 0));
    }
    if (rule.minor) {
        body.push_back(unless_equal(BPF_REG_5, static_cast<std::int32_t>(*rule.minor), 0));
    }
    body.push_back(set(BPF_REG_0, rule.allow ? 1 : 0));
    body.push_back(kExit);
    for (std::size_t index = 0; index + 2 < body.size(); ++index) {
        if (BPF_CLASS(body[index].code) == BPF_JMP32) {
            body[index].off = static_cast<std::int16_t>(body.size() - index - 1);
        }
    }
    program.insert(program.end(), body.begin(), body.end());
}

bool matches_everything(const spec::DeviceRule& rule) {
    return rule.type == 'a' && !rule.major && !rule.minor && rule.access.size() == 3;
}

/// What the specification demands, whatever the rules say: its default devices and terminals.
void add_defaults(Program& program) {
    const std::array<spec::DeviceRule, 10> rules{{{true, 'c', {}, {}, "m"},
                                                  {true, 'b', {}, {}, "m"},
                                                  {true, 'c', 1, 3, "rwm"},
                                                  {true, 'c', 1, 5, "rwm"},
                                                  {true, 'c', 1, 7, "rwm"},
                                                  {true, 'c', 1, 8, "rwm"},
                                                  {true, 'c', 1, 9, "rwm"},
                                                  {true, 'c', 5, 0, "rwm"},
                                                  {true, 'c', 5, 2, "rwm"},
                                                  {true, 'c', 136, {}, "rwm"}}};
    for (const auto& rule : rules)
        add_rule(program, rule);
}

int bpf(int command, bpf_attr& attributes) {
    return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

base::Fd load_program(const Program& program) {
    static constexpr char kLicense[] = "LGPL";
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
    attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
    attributes.license = reinterpret_cast<std::uintptr_t>(&kLicense[0]);
    return base::Fd(bpf(BPF_PROG_LOAD, attributes));
}

} // namespace

std::vector<bpf_insn> device_program(const std::vector<spec::DeviceRule>& rules) {
    Program program = prologue();
    add_defaults(program);
    bool fallback = false; // nothing said: as a cgroup without a program below one that denies
    for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
        if (matches_everything(*rule)) {
            fallback = rule->allow;
            break;
        }
        add_rule(program, *rule);
    }
    program.push_back(set(BPF_REG_0, fallback ? 1 : 0));
    program.push_back(kExit);
    return program;
}

void apply_device_rules(const std::string& path, const spec::CgroupLimits& limits) {
    if (limits.devices.empty()) return;
    const auto loaded = load_program(device_program(limits.devices));
    if (!loaded) {
        if (errno == EPERM && ::geteuid() != 0) return; // devices can't be made there anyway
        throw_errno("cannot load the device rules");
    }
    const base::Fd cgroup(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!cgroup) throw_errno("cannot open the cgroup '" + path + "'");
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof attributes);
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.target_fd = static_cast<std::uint32_t>(cgroup.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(loaded.get());
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    if (bpf(BPF_PROG_ATTACH, attributes) < 0) throw_errno("cannot apply the device rules");
}

} // namespace berth::run::oci
