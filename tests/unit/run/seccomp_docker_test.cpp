// SPDX-License-Identifier: LGPL-2.1-or-later
// The built-in filter against docker's policy, call by call. The policy is third-party data beside
// the tree and is read here by its own rules, not by berth's parser.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <nlohmann/json.hpp>
#include <seccomp.h>

#include <run/seccomp_filter.hpp>
#include <spec/capabilities.hpp>
#include <spec/seccomp_profile.hpp>

namespace berth::run {
namespace {

using Json = nlohmann::json;
using Args = std::array<std::uint64_t, 6>;
using Names = std::vector<std::string>;

/// Calls that libseccomp 2.5.4 has no name for, from the kernel's tables.
const std::map<std::uint32_t, std::string> kNewer{
    {451, "cachestat"},         {452, "fchmodat2"},        {453, "map_shadow_stack"},
    {454, "futex_wake"},        {455, "futex_wait"},       {456, "futex_requeue"},
    {457, "statmount"},         {458, "listmount"},        {459, "lsm_get_self_attr"},
    {460, "lsm_set_self_attr"}, {461, "lsm_list_modules"}, {462, "mseal"},
    {463, "setxattrat"},        {464, "getxattrat"},       {465, "listxattrat"},
    {466, "removexattrat"},     {467, "open_tree_attr"}};
constexpr std::uint32_t kX32Bit = 0x40000000;

struct Convention {
    const char* name;
    std::uint32_t token; ///< libseccomp's
    std::uint32_t audit;
    std::uint32_t bit;
    std::uint64_t argument_mask; ///< what such a call can pass
};
constexpr std::array<Convention, 3> kConventions{
    {{"x86_64", SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64, 0, ~0ULL},
     {"x86", SCMP_ARCH_X86, AUDIT_ARCH_I386, 0, 0xffffffff},
     {"x32", SCMP_ARCH_X32, AUDIT_ARCH_X86_64, kX32Bit, 0xffffffff}}};

std::string library_name(std::uint32_t token, std::uint32_t number) {
    char* name = seccomp_syscall_resolve_num_arch(token, static_cast<int>(number));
    const std::string result = name == nullptr ? "" : name;
    std::free(name); // NOLINT: the library allocates with malloc
    return result;
}

/// Docker's runner knows the calls of a convention from the same library.
std::string name_of(const Convention& convention, std::uint32_t number) {
    if (number == 335 && convention.token == SCMP_ARCH_X86_64) return "uretprobe";
    if (library_name(SCMP_ARCH_X86_64, number).empty()) {
        if (const auto newer = kNewer.find(number); newer != kNewer.end()) return newer->second;
    }
    return library_name(convention.token, number | convention.bit);
}

/// The kernel's machine for classic filters, as far as libseccomp uses it.
std::uint32_t run_filter(const FilterProgram& program, const seccomp_data& data) {
    std::uint32_t accumulator = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& line = program[at];
        const auto jump = [&](bool taken) { at += taken ? line.jt : line.jf; };
        switch (line.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + line.k, 4);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= line.k;
            break;
        case BPF_JMP | BPF_JA:
            at += line.k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            jump(accumulator == line.k);
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            jump(accumulator > line.k);
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            jump(accumulator >= line.k);
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            jump((accumulator & line.k) != 0);
            break;
        case BPF_RET | BPF_K:
            return line.k;
        default:
            ADD_FAILURE() << "an instruction the test does not know: " << line.code;
            return 0;
        }
    }
    ADD_FAILURE() << "the filter has no end";
    return 0;
}

bool has(const Json& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

/// Docker's policy, by the words of its format.
class Policy {
  public:
    Policy(const Json& profile, const Names& capabilities)
        : profile_(profile), capabilities_(capabilities) {
        for (const auto& rule : profile.at("syscalls")) {
            if (!applies(rule)) continue;
            for (const auto& name : rule.at("names"))
                rules_[name].push_back(rule);
        }
    }

    /// The action's word in the kernel.
    [[nodiscard]] std::uint32_t verdict(const std::string& name, const Args& args) const {
        for (const auto& rule : rules_of(name)) {
            if (!matches(rule, args)) continue;
            if (rule.at("action") == "SCMP_ACT_ALLOW") return SECCOMP_RET_ALLOW;
            return SECCOMP_RET_ERRNO | rule.value("errnoRet", 1U);
        }
        return SECCOMP_RET_ERRNO | profile_.value("defaultErrnoRet", 1U);
    }

    /// Arguments worth trying: about the values of the rules, and each bit.
    [[nodiscard]] std::vector<Args> samples(const std::string& name) const {
        std::vector<Args> samples{{}, {~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL, ~0ULL}};
        for (const auto& rule : rules_of(name)) {
            for (const auto& arg : rule.value("args", Json::array()))
                add_samples(arg.at("index"), arg.at("value"), samples);
        }
        return samples;
    }

  private:
    [[nodiscard]] const std::vector<Json>& rules_of(const std::string& name) const {
        static const std::vector<Json> kNone;
        const auto found = rules_.find(name);
        return found == rules_.end() ? kNone : found->second;
    }
    [[nodiscard]] bool applies(const Json& rule) const {
        const auto with = rule.value("includes", Json::object());
        const auto without = rule.value("excludes", Json::object());
        for (const auto& capability : with.value("caps", Json::array())) {
            if (!contains(capability)) return false;
        }
        for (const auto& capability : without.value("caps", Json::array())) {
            if (contains(capability)) return false;
        }
        const auto arches = with.value("arches", Json::array());
        if (!arches.empty() && !has(arches, "amd64")) return false;
        return !has(without.value("arches", Json::array()), "amd64"); // kernels before 4.8 are past
    }
    [[nodiscard]] bool contains(const std::string& capability) const {
        return std::find(capabilities_.begin(), capabilities_.end(), capability) !=
               capabilities_.end();
    }

    static bool matches(const Json& rule, const Args& args) {
        for (const auto& arg : rule.value("args", Json::array())) {
            const std::uint64_t have = args.at(arg.at("index").get<std::size_t>());
            const std::uint64_t value = arg.at("value");
            const std::string op = arg.at("op");
            const bool holds = op == "SCMP_CMP_EQ"   ? have == value
                               : op == "SCMP_CMP_LT" ? have < value
                               : op == "SCMP_CMP_GT" ? have > value
                               : op == "SCMP_CMP_MASKED_EQ"
                                   ? (have & value) == arg.value("valueTwo", 0ULL)
                                   : throw std::logic_error(op);
            if (!holds) return false;
        }
        return true;
    }

    static void add_samples(std::size_t index, std::uint64_t value, std::vector<Args>& samples) {
        std::vector<std::uint64_t> values{value - 1, value, value + 1, value | 1ULL << 32U};
        for (unsigned bit = 0; bit < 64; ++bit)
            values.push_back(1ULL << bit);
        for (const std::uint64_t each : values) {
            Args args{};
            args.at(index) = each;
            samples.push_back(args);
        }
    }

    const Json& profile_;
    const Names& capabilities_;
    std::map<std::string, std::vector<Json>> rules_; ///< by call
};

/// runc, too, says "no such call" instead of "not permitted" for calls newer than it knows.
bool is_newer_answer(std::uint32_t number, std::uint32_t ours, std::uint32_t theirs) {
    return number > 424 && ours == (SECCOMP_RET_ERRNO | ENOSYS) &&
           theirs == (SECCOMP_RET_ERRNO | EPERM);
}

std::string profile_path() {
    const char* data = std::getenv("BERTH_SHARED_DATA");
    return std::string(data != nullptr ? data : BERTH_TEST_DATA) +
           "/seccomp-profiles/moby-profiles/seccomp/default.json";
}

class SeccompDockerTest : public testing::Test {
  protected:
    void SetUp() override {
#if !defined(__x86_64__)
        GTEST_SKIP() << "the calls' numbers are told for x86-64";
#endif
        std::ifstream file(profile_path());
        if (!file) GTEST_SKIP() << profile_path() << ", docker's policy, is not here";
        profile_ = Json::parse(file);
    }

    void compare(const Names& capabilities) {
        const Policy policy(profile_, capabilities);
        const auto built_in = compile_filter(spec::default_seccomp(capabilities));
        const auto parsed =
            compile_filter(spec::parse_seccomp_profile(profile_.dump(), capabilities));
        for (const auto& convention : kConventions) {
            for (std::uint32_t number = 0; number < 600; ++number) {
                compare_call(convention, number, policy, built_in);
                compare_call(convention, number, policy, parsed);
            }
        }
    }

    Json profile_;

  private:
    static void compare_call(const Convention& convention, std::uint32_t number,
                             const Policy& policy, const FilterProgram& program) {
        const std::string name = name_of(convention, number);
        for (Args args : policy.samples(name)) {
            for (std::uint64_t& argument : args)
                argument &= convention.argument_mask;
            seccomp_data data{};
            data.nr = static_cast<int>(number | convention.bit);
            data.arch = convention.audit;
            std::copy(args.begin(), args.end(), data.args);
            const auto ours = run_filter(program, data);
            const auto theirs = policy.verdict(name, args);
            if (ours == theirs || is_newer_answer(number, ours, theirs)) continue;
            ADD_FAILURE() << convention.name << " " << number << " '" << name << "' (" << std::hex
                          << args[0] << ", " << args[1] << "...): berth " << ours << ", docker "
                          << theirs;
        }
    }
};

TEST_F(SeccompDockerTest, DecidesEveryCallAsDockerForItsDefaultCapabilities) {
    compare(spec::resolve_capabilities({}, {}, false));
}

TEST_F(SeccompDockerTest, DecidesEveryCallAsDockerWithoutCapabilities) {
    compare({});
}

TEST_F(SeccompDockerTest, DecidesEveryCallAsDockerForEachCapability) {
    for (const auto& capability : spec::all_capabilities()) {
        SCOPED_TRACE(capability);
        compare(spec::resolve_capabilities({capability}, {}, false));
    }
}

TEST_F(SeccompDockerTest, DecidesEveryCallAsDockerWithAllCapabilities) {
    compare(spec::all_capabilities());
}

} // namespace
} // namespace berth::run
