// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <base/hash.hpp>
#include <base/random.hpp>

namespace berth::base {
namespace {

// Source: FIPS 180-4 examples.
TEST(HashTest, AgreesWithTheStandardsExamples) {
    EXPECT_EQ(sha256("abc").hex(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(HashTest, GivesTheSameDigestInPieces) {
    Sha256 hash;
    for (const char* piece : {"a", "", "bc"})
        hash.update(piece);
    EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(DigestTest, RefusesEveryOtherForm) {
    const std::string hex(64, 'a');
    EXPECT_NO_THROW(Digest("sha256:" + hex));
    for (const std::string& text :
         {hex, "sha512:" + hex, "sha256:" + hex + "a", "sha256:" + std::string(64, 'A'),
          "sha256:" + std::string(63, 'a') + "/", std::string()}) {
        EXPECT_THROW(Digest{text}, Error) << text;
    }
}

TEST(RandomTest, GivesAsManyDigitsAsAskedAndNeverTheSame) {
    EXPECT_EQ(random_hex(32).size(), 64U);
    EXPECT_NE(random_hex(32), random_hex(32));
}

} // namespace
} // namespace berth::base
