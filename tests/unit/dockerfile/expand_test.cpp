// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <base/strings.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

using Variables = std::map<std::string, std::string>;

Lookup in(const Variables& variables) {
    return [&variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    };
}

std::string expanded(const std::string& word, const Variables& variables) {
    try {
        return expand(word, in(variables));
    } catch (const Error&) {
        return "error";
    }
}

TEST(Expand, DoesWhatDockersTableSays) {
    std::ifstream table(PARSER_DATA "/shell/envVarTest");
    if (!table) GTEST_SKIP() << "there is no " PARSER_DATA "/shell/envVarTest";
    const Variables variables{
        {"PWD", "/home"}, {"SHELL", "bash"}, {"KOREAN", "한국어"}, {"NULL", ""}};
    unsigned count = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.empty() || line[0] == '#' || line[0] == 'W') continue;
        const auto fields = base::split(line, '|');
        ASSERT_GE(fields.size(), 3U) << line;
        const std::string word(trim_space(fields[1]));
        EXPECT_EQ(expanded(word, variables), trim_space(fields[2])) << line;
        ++count;
    }
    EXPECT_GT(count, 150U);
}

TEST(Expand, PartsWordsAsDockersTableSays) {
    std::ifstream table(PARSER_DATA "/shell/wordsTest");
    if (!table) GTEST_SKIP() << "there is no " PARSER_DATA "/shell/wordsTest";
    Variables variables;
    for (std::string line; std::getline(table, line);) {
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("ENV ")) {
            const std::size_t equals = line.find('=');
            variables[line.substr(4, equals - 4)] = line.substr(equals + 1);
            continue;
        }
        const std::size_t bar = line.find('|');
        const std::string word(trim_space(line.substr(0, bar)));
        const std::string expected(trim_left(line.substr(bar + 1)));
        std::string got = "error";
        try {
            got = base::join(expand_words(word, in(variables)), ",");
        } catch (const Error&) {
            got = "error";
        }
        EXPECT_EQ(got, expected) << line;
    }
}

TEST(Expand, TrimsAndReplaces) {
    const Variables variables{{"a", "foo.tar.gz"}, {"b", "a/b/c"}, {"empty", ""}};
    const std::vector<std::pair<std::string, std::string>> cases{
        {"${a%.*}", "foo.tar"},   {"${a%%.*}", "foo"},     {"${a#*.}", "tar.gz"},
        {"${a##*.}", "gz"},       {"${b/\\//-}", "a-b/c"}, {"${b//\\//-}", "a-b-c"},
        {"${a/o*a/X}", "fXr.gz"}, {"${a#?}", "oo.tar.gz"}, {"${a%nothing}", "foo.tar.gz"},
        {"${empty#*}", ""},       {"${none%x}", ""},       {"${none-d}", "d"},
        {"${empty-d}", ""},       {"${empty:-d}", "d"},    {"${empty+d}", "d"},
        {"${empty:+d}", ""},
    };
    for (const auto& [word, result] : cases)
        EXPECT_EQ(expanded(word, variables), result) << word;
}

TEST(Expand, IsBounded) {
    const Variables variables{{"big", std::string(kMaxExpanded / 2, 'x')}};
    EXPECT_THROW(expand("$big$big$big", in(variables)), Error);
    std::string deep;
    for (int depth = 0; depth < 10000; ++depth)
        deep += "${x:-";
    EXPECT_THROW(expand(deep, in(variables)), Error);
    EXPECT_THROW(expand("${big//*x*x*x*x*y/}", in(variables)), Error);
}

} // namespace

} // namespace berth::dockerfile
