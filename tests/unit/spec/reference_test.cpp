// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <spec/reference.hpp>

namespace berth::spec {

namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

TEST(Reference, ShortNamesAreCompletedAsDockerDoes) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"debian", "docker.io/library/debian"},
        {"debian:12", "docker.io/library/debian:12"},
        {"me/web:1", "docker.io/me/web:1"},
        {"docker.io/debian", "docker.io/library/debian"},
        {"index.docker.io/debian", "docker.io/library/debian"},
        {"docker.io/library/debian", "docker.io/library/debian"},
        {"localhost/x", "localhost/x"},
        {"localhost:5000/x", "localhost:5000/x"},
        {"localhost:5000/me/web:1.0_x-y", "localhost:5000/me/web:1.0_x-y"},
        {"quay.io/a/b/c:t", "quay.io/a/b/c:t"},
        {"127.0.0.1:5000/x@" + kDigest, "127.0.0.1:5000/x@" + kDigest},
        {"debian:12@" + kDigest, "docker.io/library/debian:12@" + kDigest},
        {"[::1]:5000/x", "[::1]:5000/x"},
        {"REGISTRY/x", "REGISTRY/x"},
        {"a__b/c-----d/e.f", "docker.io/a__b/c-----d/e.f"},
        {"localhost", "docker.io/library/localhost"},
    };
    for (const auto& [text, canonical] : cases) {
        EXPECT_EQ(parse_reference(text).canonical(), canonical) << text;
        EXPECT_EQ(parse_reference(canonical), parse_reference(text)) << text;
    }
}

TEST(Reference, IsShownInItsShortestForm) {
    EXPECT_EQ(parse_reference("docker.io/library/debian:12").familiar(), "debian:12");
    EXPECT_EQ(parse_reference("docker.io/me/web:1").familiar(), "me/web:1");
    EXPECT_EQ(parse_reference("docker.io/library/a/b").familiar(), "library/a/b");
    EXPECT_EQ(parse_reference("localhost:5000/web").familiar(), "localhost:5000/web");
}

TEST(Reference, MalformedNamesAreRefused) {
    const std::vector<std::string> bad{
        "",
        kHex,
        "Debian",
        "debian:",
        "debian:.x",
        "debian:-x",
        "debian:" + std::string(129, 'x'),
        "debian@sha256:abc",
        "debian@md5:" + kHex,
        "debian@sha256:" + std::string(64, 'A'),
        "a//b",
        "/a",
        "a/",
        "a/-b",
        "a/b-",
        "a/b..c",
        "a/b___c",
        "a/b._c",
        "-host.org/x",
        "host-.org/x",
        "host.org:port/x",
        "host.org:99999/x",
        "host.org:5000",
        "host.org/X",
        "a b",
        "a\nb",
        "localhost:5000/../x",
        "user@host/x",
        "https://host/x",
        std::string(300, 'x'),
        "dir:",
        "dir:relative",
    };
    for (const auto& text : bad) {
        // "host.org:5000" alone is the image "host.org" with a tag, as docker reads it.
        if (text == "host.org:5000") {
            EXPECT_EQ(parse_reference(text).canonical(), "docker.io/library/host.org:5000");
            continue;
        }
        if (text == "dir:relative") {
            EXPECT_EQ(parse_reference(text).canonical(), "docker.io/library/dir:relative");
            continue;
        }
        try {
            static_cast<void>(parse_reference(text));
            ADD_FAILURE() << "'" << text << "' was accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << text;
        }
    }
}

TEST(Reference, DirectoriesAreNamedByTheirPath) {
    const auto plain = parse_reference("dir:/srv/images/busybox:1");
    EXPECT_EQ(plain.plugin, "directory");
    EXPECT_EQ(plain.host, "/srv/images/busybox");
    EXPECT_EQ(plain.tag, "1");
    EXPECT_EQ(plain.canonical(), "dir:/srv/images/busybox:1");
    EXPECT_EQ(parse_reference("dir:/srv//images/./busybox/").host, "/srv/images/busybox");
    EXPECT_EQ(parse_reference("dir:/srv/a:b/c").host, "/srv/a:b/c");
    EXPECT_EQ(parse_reference("dir:/srv/x@" + kDigest).tag_or_digest(), kDigest);
    EXPECT_THROW(static_cast<void>(parse_reference("dir:/srv/../etc:1")), Error);
    EXPECT_THROW(static_cast<void>(parse_reference("dir:/srv/x:not a tag")), Error);
}

TEST(Reference, MissingTagIsLatestUnlessThereIsADigest) {
    EXPECT_EQ(parse_reference("debian").with_default_tag().tag, "latest");
    EXPECT_EQ(parse_reference("debian:12").with_default_tag().tag, "12");
    EXPECT_EQ(parse_reference("debian@" + kDigest).with_default_tag().tag, "");
    EXPECT_EQ(parse_reference("debian:12@" + kDigest).tag_or_digest(), kDigest);
    EXPECT_EQ(parse_reference("debian").tag_or_digest(), "latest");
}

TEST(Reference, LoopbackIsKnownByItsNameAndAddresses) {
    for (const char* host :
         {"localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:443"}) {
        EXPECT_TRUE(is_loopback_host(host)) << host;
    }
    for (const char* host : {"localhost.example.org", "127.example.org", "10.0.0.1", "[::2]",
                             "128.0.0.1", "example.org:127"}) {
        EXPECT_FALSE(is_loopback_host(host)) << host;
    }
}

} // namespace

} // namespace berth::spec
