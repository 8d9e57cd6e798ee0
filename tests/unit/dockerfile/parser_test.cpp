// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <dockerfile/parser.hpp>

namespace berth::dockerfile {

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string dumped(std::string_view text) {
    return dump(parse(text));
}

std::string refusal(std::string_view text) {
    try {
        return "taken: " + dumped(text);
    } catch (const SyntaxError& error) {
        return error.describe("Dockerfile");
    }
}

TEST(Parser, ReadsDockersTestFilesAsDockerDoes) {
    const fs::path folder = PARSER_DATA "/parser/testfiles";
    if (!fs::is_directory(folder)) GTEST_SKIP() << "there is no " << folder;
    unsigned count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::string expected = contents(entry.path() / "result");
        while (expected.ends_with('\n'))
            expected.pop_back();
        EXPECT_EQ(dumped(contents(entry.path() / "Dockerfile")), expected + "\n") << entry.path();
        ++count;
    }
    EXPECT_GT(count, 20U);
}

TEST(Parser, RefusesDockersNegativeFiles) {
    const fs::path folder = PARSER_DATA "/parser/testfiles-negative";
    if (!fs::is_directory(folder)) GTEST_SKIP() << "there is no " << folder;
    for (const auto& entry : fs::directory_iterator(folder)) {
        EXPECT_THROW(parse(contents(entry.path() / "Dockerfile")), SyntaxError) << entry.path();
    }
}

TEST(Parser, SaysFileLineAndWhatWasExpected) {
    EXPECT_EQ(refusal("FROM a\n\nENV PATH\n"),
              "Dockerfile:3: ENV must have two arguments: write ENV name=value\n    ENV PATH");
    EXPECT_EQ(refusal("FROM a\nRUN <<EOF\nx\n"),
              "Dockerfile:2: unterminated heredoc, expected a line with EOF alone\n    RUN <<EOF");
    EXPECT_EQ(refusal("# escape=x\nFROM a"),
              "Dockerfile:1: invalid escape token 'x', expected \\ or `\n    # escape=x");
    EXPECT_EQ(refusal("# nothing\n"),
              "Dockerfile:1: file with no instructions: it must begin with FROM");
    EXPECT_EQ(refusal("FROM a\nCMD [\"a\", 1]"),
              "Dockerfile:2: only strings can stand in a list in brackets, as in [\"a\", \"b\"]\n"
              "    CMD [\"a\", 1]");
}

TEST(Parser, KnowsTheLinesOfAnInstruction) {
    const Tree tree = parse("FROM a\nRUN a \\\n# no\n\n b\nCMD c");
    ASSERT_EQ(tree.nodes.size(), 3U);
    EXPECT_EQ(tree.nodes[1].first_line, 2U);
    EXPECT_EQ(tree.nodes[1].last_line, 5U);
    EXPECT_EQ(tree.nodes[1].args.at(0), "a  b");
    EXPECT_EQ(tree.nodes[2].first_line, 6U);
}

TEST(Parser, ReadsHeredocs) {
    const Tree tree =
        parse("FROM a\nRUN 3<<A cat <<-\"B C\"\n1\nA\n\t2\n\tB C\nCOPY <<X /x\n$y\nX\n");
    const auto& docs = tree.nodes.at(1).heredocs;
    ASSERT_EQ(docs.size(), 2U);
    EXPECT_EQ(docs[0].name, "A");
    EXPECT_EQ(docs[0].fd, 3U);
    EXPECT_EQ(docs[0].content, "1\n");
    EXPECT_TRUE(docs[0].expand);
    EXPECT_EQ(docs[1].name, "B C");
    EXPECT_EQ(docs[1].content, "\t2\n");
    EXPECT_TRUE(docs[1].chomp);
    EXPECT_FALSE(docs[1].expand);
    EXPECT_EQ(tree.nodes.at(2).heredocs.at(0).content, "$y\n");
}

TEST(Parser, LeavesWhatOnlyLooksLikeAHeredoc) {
    EXPECT_TRUE(parse("FROM a\nRUN cat <<<A\nRUN [\"<<A\"]").nodes[1].heredocs.empty());
    EXPECT_TRUE(parse("FROM a\nRUN echo '<<A'\n").nodes[1].heredocs.empty());
    EXPECT_TRUE(parse("FROM a\nCMD <<A\n").nodes[1].heredocs.empty());
}

TEST(Parser, TakesAuthorAsMaintainer) {
    EXPECT_EQ(dumped("FROM a\nAUTHOR Me <me@x.org>"), "(from \"a\")\n(author \"Me <me@x.org>\")\n");
}

TEST(Parser, ReadsDirectivesOnlyBeforeAnythingElse) {
    EXPECT_EQ(parse("# escape=`\nFROM a").escape, '`');
    EXPECT_EQ(parse("# syntax = x\n# other=1\n#escape = `\nFROM a").escape, '`');
    EXPECT_EQ(parse("# a comment\n# escape=`\nFROM a").escape, '\\');
    EXPECT_EQ(parse("\n# escape=`\nFROM a").escape, '\\');
    EXPECT_THROW(parse("# escape=`\n# escape=`\nFROM a"), SyntaxError);
}

TEST(Parser, HasBounds) {
    EXPECT_THROW(parse("FROM a\nRUN " + std::string(kMaxLine, 'x')), SyntaxError);
    EXPECT_THROW(parse(std::string(kMaxFile, '\n') + "FROM a"), SyntaxError);
    std::string nested = "RUN x";
    for (int depth = 0; depth < 1000; ++depth)
        nested.insert(0, "ONBUILD ");
    EXPECT_THROW(parse("FROM a\n" + nested), SyntaxError);
    std::string list(60000, '[');
    EXPECT_EQ(parse("FROM a\nRUN " + list).nodes[1].json, false);
}

} // namespace

} // namespace berth::dockerfile
