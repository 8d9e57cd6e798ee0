// SPDX-License-Identifier: LGPL-2.1-or-later
// The program that answers for device rules is run by a small interpreter of the instructions it is
// made of, so that its answers are held to the specification without a cgroup.
#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

#include <run/oci/cgroup.hpp>

namespace berth::run::oci {
namespace {

struct Access {
    char type = 'c';
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    const char* wanted = "r"; ///< letters of "rwm"
};

/// struct bpf_cgroup_dev_ctx
std::array<std::uint32_t, 3> context_of(const Access& access) {
    std::uint32_t bits = 0;
    for (const char* letter = access.wanted; *letter != '\0'; ++letter)
        bits |= *letter == 'm' ? 1U : *letter == 'r' ? 2U : 4U;
    return {bits << 16U | (access.type == 'b' ? 1U : 2U), access.major, access.minor};
}

std::uint32_t calculate(std::uint8_t code, std::uint32_t left, std::uint32_t right) {
    switch (BPF_OP(code)) {
    case BPF_MOV:
        return right;
    case BPF_AND:
        return left & right;
    case BPF_RSH:
        return left >> right;
    default:
        throw std::logic_error("an instruction the interpreter does not know");
    }
}

bool jumps(std::uint8_t code, std::uint32_t left, std::uint32_t right) {
    if (BPF_OP(code) == BPF_JNE) return left != right;
    if (BPF_OP(code) == BPF_JEQ) return left == right;
    throw std::logic_error("a jump the interpreter does not know");
}

std::uint32_t interpret(const std::vector<bpf_insn>& program, const Access& access) {
    const auto context = context_of(access);
    std::array<std::uint32_t, 11> registers{};
    for (std::size_t at = 0;; ++at) {
        const auto& step = program.at(at);
        auto& target = registers.at(step.dst_reg);
        const auto other = BPF_SRC(step.code) == BPF_X ? registers.at(step.src_reg)
                                                       : static_cast<std::uint32_t>(step.imm);
        switch (BPF_CLASS(step.code)) {
        case BPF_LDX:
            target = context.at(static_cast<std::size_t>(step.off) / 4);
            break;
        case BPF_ALU:
        case BPF_ALU64:
            target = calculate(step.code, target, other);
            break;
        case BPF_JMP32:
            if (jumps(step.code, target, other)) at += static_cast<std::size_t>(step.off);
            break;
        default:
            if (step.code != (BPF_JMP | BPF_EXIT)) throw std::logic_error("no such class");
            return registers[0];
        }
    }
}

bool allows(const std::vector<spec::DeviceRule>& rules, const Access& access) {
    return interpret(device_program(rules), access) == 1;
}

const spec::DeviceRule kDenyAll{false, 'a', {}, {}, "rwm"};
const spec::DeviceRule kAllowAll{true, 'a', {}, {}, "rwm"};

TEST(DeviceProgramTest, DeniesWhatNoRuleAllows) {
    EXPECT_FALSE(allows({kDenyAll}, {'b', 8, 0, "r"}));
    EXPECT_FALSE(allows({}, {'c', 10, 200, "rw"}));
}

TEST(DeviceProgramTest, AlwaysAllowsTheDefaultDevicesAndMakingNodes) {
    for (const std::uint32_t minor : {3U, 5U, 7U, 8U, 9U})
        EXPECT_TRUE(allows({kDenyAll}, {'c', 1, minor, "rwm"})) << minor;
    EXPECT_TRUE(allows({kDenyAll}, {'c', 5, 0, "rw"}));
    EXPECT_TRUE(allows({kDenyAll}, {'c', 136, 77, "rw"}));
    EXPECT_TRUE(allows({kDenyAll}, {'b', 8, 0, "m"}));
    EXPECT_FALSE(allows({kDenyAll}, {'b', 8, 0, "mr"}));
    EXPECT_FALSE(allows({kDenyAll}, {'c', 1, 1, "r"}));
}

TEST(DeviceProgramTest, AllowsByTypeNumbersAndAccess) {
    const std::vector<spec::DeviceRule> rules{kDenyAll, {true, 'c', 10, 229, "rw"}};
    EXPECT_TRUE(allows(rules, {'c', 10, 229, "rw"}));
    EXPECT_TRUE(allows(rules, {'c', 10, 229, "w"}));
    EXPECT_FALSE(allows(rules, {'c', 10, 229, "rwm"}));
    EXPECT_FALSE(allows(rules, {'c', 10, 228, "r"}));
    EXPECT_FALSE(allows(rules, {'c', 11, 229, "r"}));
    EXPECT_FALSE(allows(rules, {'b', 10, 229, "r"}));
}

TEST(DeviceProgramTest, TakesAnAbsentNumberForEvery) {
    const std::vector<spec::DeviceRule> rules{kDenyAll, {true, 'b', 8, {}, "r"}};
    EXPECT_TRUE(allows(rules, {'b', 8, 0, "r"}));
    EXPECT_TRUE(allows(rules, {'b', 8, 0xfffff, "r"}));
    EXPECT_FALSE(allows(rules, {'b', 8, 0, "w"}));
    EXPECT_TRUE(allows({kDenyAll, {true, 'a', 8, {}, "rwm"}}, {'b', 8, 3, "rw"}));
}

TEST(DeviceProgramTest, LetsTheLastMatchingRuleCount) {
    EXPECT_FALSE(allows({kAllowAll, {false, 'b', 8, 0, "w"}}, {'b', 8, 0, "rw"}));
    EXPECT_TRUE(allows({kAllowAll, {false, 'b', 8, 0, "w"}}, {'b', 8, 0, "r"}));
    EXPECT_TRUE(allows({kAllowAll, {false, 'b', 8, 0, "w"}}, {'b', 8, 1, "w"}));
    EXPECT_TRUE(allows({{false, 'b', 8, 0, "rwm"}, kAllowAll}, {'b', 8, 0, "rw"}));
    EXPECT_FALSE(allows({{true, 'b', 8, 0, "rwm"}, kDenyAll}, {'b', 8, 0, "rw"}));
}

} // namespace
} // namespace berth::run::oci
