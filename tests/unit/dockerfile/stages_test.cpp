// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <dockerfile/parser.hpp>
#include <dockerfile/stages.hpp>

namespace berth::dockerfile {

namespace {

std::string verdict(const std::string& text) {
    try {
        (void)check(parse(text));
        return "good";
    } catch (const SyntaxError& error) {
        return std::to_string(error.line()) + ": " + error.what();
    }
}

TEST(Stages, TakesEveryInstruction) {
    EXPECT_EQ(
        verdict("ARG V=1\nFROM --platform=linux/amd64 a:$V AS base\nAUTHOR me\n"
                "MAINTAINER me\nRUN --mount=type=cache,target=/a --mount=type=tmpfs,target=/b "
                "--network=none x\nCMD a\nLABEL a=b\nEXPOSE 80/tcp\nENV a=b\n"
                "ADD --checksum=sha256:x --chown=1:1 http://x /y\n"
                "COPY --from=base --chmod=755 --link --parents --exclude=*.o a b /c/\n"
                "ENTRYPOINT [\"a\"]\nVOLUME /v\nUSER u\nWORKDIR w\nARG x\n"
                "ONBUILD COPY . .\nSTOPSIGNAL 9\nHEALTHCHECK --interval=1s CMD x\n"
                "HEALTHCHECK NONE\nSHELL [\"sh\"]\nFROM scratch\nCOPY --from=base / /\n"),
        "good");
}

TEST(Stages, SaysWhatIsWrong) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"RUN x", "1: no build stage in current context: expected FROM before RUN"},
        {"ARG a", "1: there is no FROM: expected at least one stage"},
        {"FROM a\nCOPY x", "2: COPY requires at least two arguments: COPY SOURCE... DESTINATION"},
        {"FROM a b", "1: FROM requires either one or three arguments: FROM IMAGE [AS NAME]"},
        {"FROM a AS 1", "1: invalid name for a stage: '1'; expected a letter, then letters, "
                        "digits, '-', '_' and '.'"},
        {"FROM a AS b\nFROM a AS B", "2: duplicate name of a stage: 'b'"},
        {"FROM a\nONBUILD FROM b", "2: FROM isn't allowed as an ONBUILD trigger"},
        {"FROM a\nONBUILD ONBUILD RUN b",
         "2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"},
        {"FROM a\nENV name='a\\'b'", "2: ENV: unexpected end of statement while looking for "
                                     "matching single-quote"},
        {"FROM a\nCOPY ${x a /b", "2: COPY: syntax error: missing '}'"},
        {"FROM a\nWORKDIR ${x:=y}", "2: WORKDIR: unsupported modifier (:=) in substitution"},
        {"FROM a\nSHELL x", "2: SHELL requires the arguments to be in JSON form: SHELL "
                            "[\"PROGRAM\", \"ARGUMENT\"...]"},
        {"FROM a\nCOPY --chown a b", "2: the flag '--chown' needs a value"},
        {"FROM a\nHEALTHCHECK x", "2: unknown type 'x' in HEALTHCHECK; expected CMD or NONE"},
        {"FROM a\nWORKDIR", "2: WORKDIR requires exactly one argument: WORKDIR PATH"},
    };
    for (const auto& [text, message] : cases)
        EXPECT_EQ(verdict(text), message) << text;
    EXPECT_TRUE(verdict("FROM a\nCPOY x y").starts_with("2: unknown instruction: CPOY; expected"));
    EXPECT_TRUE(
        verdict("FROM a\nCOPY --user=me a b").starts_with("2: COPY does not know the flag"));
}

} // namespace

} // namespace berth::dockerfile
