// SPDX-License-Identifier: LGPL-2.1-or-later
// The `distribution` plugin against a registry that lies, stalls, breaks off and redirects
// (hostile_registry.py), and against certificates that are not to be trusted.
#include "common.hpp"
#include "server.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace berth::test {

namespace {

/// What hostile_registry.py serves where it is honest.
std::string seed_blob() {
    std::string blob;
    for (int n = 0; n < 4096; ++n)
        blob += base::sha256("seed").hex();
    return blob;
}

class Hostile : public RegistryTest {
  protected:
    void SetUp() override {
        registry_ = load("distribution");
        server_ = std::make_unique<Server>(std::vector<std::string>{"python3", HOSTILE_REGISTRY});
    }
    std::unique_ptr<RegistrySession> session(const std::string& kind, bool secret = false) {
        std::optional<RegistryCredentials> credentials;
        if (secret) credentials = RegistryCredentials{"me", "topsecret"};
        return open(*registry_, server_->host(), kind + "/x", true, credentials);
    }
    ErrorCode manifest_failure(const std::string& kind) {
        return failure_of([&] { static_cast<void>(session(kind)->get_manifest("1")); }, &message_);
    }
    ErrorCode blob_failure(const std::string& kind) {
        return failure_of([&] { static_cast<void>(read(kind)); }, &message_);
    }
    std::string read(const std::string& kind, bool secret = false) {
        return read_all_of(*session(kind, secret), base::sha256(blob_), blob_.size());
    }
    /// Requests the servers have seen, with their Authorization headers.
    std::string log() {
        const std::string command = "python3 -c \"import urllib.request; print(urllib.request."
                                    "urlopen('http://" +
                                    server_->host() + "/log').read().decode())\"";
        FILE* pipe = ::popen(command.c_str(), "r");
        std::string text(1U << 20U, '\0');
        text.resize(::fread(text.data(), 1, text.size(), pipe));
        ::pclose(pipe);
        return text;
    }
    [[nodiscard]] bool says(const std::string& words) const {
        return message_.find(words) != std::string::npos;
    }

    std::unique_ptr<Registry> registry_;
    std::unique_ptr<Server> server_;
    const std::string blob_ = seed_blob();
    std::string message_;
};

TEST_F(Hostile, HonestPartOfItWorks) {
    EXPECT_EQ(read("honest"), blob_);
    EXPECT_EQ(read("flaky"), blob_);
}

TEST_F(Hostile, ManifestThatIsNotItsDigestIsRefused) {
    const std::string name = base::sha256("something").str();
    EXPECT_EQ(failure_of([&] { static_cast<void>(session("wrong-digest")->get_manifest(name)); }),
              ErrorCode::Corrupt);
}

TEST_F(Hostile, AnswersWithoutEndAreCutOff) {
    EXPECT_EQ(manifest_failure("endless-manifest"), ErrorCode::Corrupt);
    EXPECT_EQ(blob_failure("endless-blob"), ErrorCode::Corrupt);
    static_cast<void>(manifest_failure("endless-header"));
    static_cast<void>(manifest_failure("garbage"));
}

TEST_F(Hostile, TruncatedBlobEndsEarlyAndMayGoOn) {
    std::string bytes;
    const auto there = session("truncated");
    EXPECT_EQ(there->read_blob(base::sha256(blob_), blob_.size(), 0,
                               [&](std::string_view piece) { bytes += piece; }),
              1000U);
    EXPECT_EQ(bytes, blob_.substr(0, 1000));
}

TEST_F(Hostile, BytesThatDripAreGivenUp) {
    EXPECT_EQ(blob_failure("slow"), ErrorCode::Io);
    EXPECT_TRUE(says("too slow")) << message_;
}

TEST_F(Hostile, ConnectionsThatBreakAreTakenUpByRange) {
    EXPECT_EQ(read("cutting"), blob_);
}

TEST_F(Hostile, ServerWithoutRangesStartsOverAndTheRestIsTaken) {
    EXPECT_EQ(read_all_of(*session("no-ranges"), base::sha256(blob_), blob_.size(), 100000),
              blob_.substr(100000));
}

TEST_F(Hostile, AnotherRangeThanAskedForIsRefused) {
    EXPECT_EQ(failure_of([&] {
                  static_cast<void>(session("wrong-range")
                                        ->read_blob(base::sha256(blob_), blob_.size(), 100,
                                                    [](std::string_view) {}));
              }),
              ErrorCode::Corrupt);
}

TEST_F(Hostile, EachRefusalHasItsOwnErrorAndAdvice) {
    EXPECT_EQ(manifest_failure("forbidden"), ErrorCode::Denied);
    EXPECT_TRUE(says("403") && says("berth login")) << message_;
    EXPECT_FALSE(says("\x1b")) << "control characters came through";
    EXPECT_EQ(manifest_failure("limited"), ErrorCode::Exhausted);
    EXPECT_TRUE(says("37 seconds") && says("100;w=21600")) << message_;
    EXPECT_EQ(manifest_failure("broken"), ErrorCode::Io);
    EXPECT_TRUE(says("503")) << message_;
    EXPECT_EQ(manifest_failure("loop401"), ErrorCode::Denied);
    EXPECT_TRUE(says("401")) << message_;
}

TEST_F(Hostile, TokenServiceIsAskedAndItsNonsenseRefused) {
    EXPECT_EQ(read("private"), blob_);
    EXPECT_EQ(manifest_failure("notoken"), ErrorCode::Corrupt);
    EXPECT_EQ(manifest_failure("split"), ErrorCode::Corrupt);
    EXPECT_EQ(manifest_failure("plain-realm"), ErrorCode::Denied);
}

TEST_F(Hostile, CredentialsStayWithTheirHost) {
    EXPECT_EQ(read("moved", true), blob_);
    bool elsewhere = false;
    std::string line;
    for (const char c : log() + "\n") {
        if (c != '\n') {
            line += c;
            continue;
        }
        if (line.find("/v2/elsewhere/") != std::string::npos) {
            elsewhere = true;
            EXPECT_EQ(line.substr(line.size() - 2), " -") << line;
        }
        line.clear();
    }
    EXPECT_TRUE(elsewhere) << "the redirect was not followed";
}

TEST_F(Hostile, RedirectsThatLeadAstrayAreNotFollowed) {
    EXPECT_EQ(blob_failure("circle"), ErrorCode::Corrupt);
    EXPECT_EQ(blob_failure("to-file"), ErrorCode::Corrupt);
    EXPECT_EQ(blob_failure("to-plain"), ErrorCode::Denied);
}

TEST_F(Hostile, BrokenUploadGoesOnWhereTheRegistrySaysItStopped) {
    std::uint64_t last = 0;
    session("breaking-upload")
        ->upload_blob(base::sha256(blob_), blob_.size(), source_of(blob_),
                      [&](std::uint64_t sent) { last = sent; });
    EXPECT_EQ(last, blob_.size());
}

TEST_F(Hostile, UploadThatNeverGetsFurtherEnds) {
    EXPECT_THROW(upload(*session("stuck-upload"), "some bytes"), Error);
}

TEST_F(Hostile, NothingListeningAndNoSuchNameAreToldApart) {
    const std::string nobody = "127.0.0.1:" + std::to_string(free_port());
    EXPECT_EQ(
        failure_of([&] { static_cast<void>(open(*registry_, nobody, "x")->get_manifest("1")); },
                   &message_),
        ErrorCode::Io);
    EXPECT_TRUE(says("cannot connect")) << message_;
    EXPECT_EQ(failure_of(
                  [&] {
                      static_cast<void>(
                          open(*registry_, "registry.invalid", "x")->get_manifest("1"));
                  },
                  &message_),
              ErrorCode::Io);
    EXPECT_TRUE(says("no address")) << message_;
}

TEST_F(Hostile, OddHostsAreRefused) {
    for (const char* host : {"", "a/b", "user@host", "..", "a b", "host\r\nX: y"}) {
        EXPECT_EQ(failure_of([&] { static_cast<void>(open(*registry_, host, "x")); }),
                  ErrorCode::InvalidArgument)
            << host;
    }
}

class Tls : public Hostile {
  protected:
    void SetUp() override {
        if (::access("/usr/bin/openssl", X_OK) != 0) GTEST_SKIP() << "needs openssl";
        registry_ = load("distribution");
        key_ = scratch_.path() + "/key.pem";
        certificate_ = scratch_.path() + "/cert.pem";
        const std::string command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
                                    "'/CN=berth test/O=Nobody' -addext "
                                    "subjectAltName=IP:127.0.0.1 -keyout " +
                                    key_ + " -out " + certificate_ + " 2>/dev/null";
        ASSERT_EQ(::system(command.c_str()), 0);
        server_ = std::make_unique<Server>(
            std::vector<std::string>{"python3", HOSTILE_REGISTRY, certificate_, key_});
    }
    std::string key_;
    std::string certificate_;
};

TEST_F(Tls, UnknownIssuerIsNamedWithThePlaceForItsCertificate) {
    EXPECT_EQ(manifest_failure("honest"), ErrorCode::Denied);
    EXPECT_TRUE(says("Nobody") && says("ca.crt") && says("certs.d/" + server_->host())) << message_;
}

TEST_F(Tls, CertificateInCertsDirectoryIsTrustedAtOnce) {
    static_cast<void>(manifest_failure("honest"));
    const std::string dir = scratch_.path() + "/etc/certs.d/" + server_->host();
    std::filesystem::create_directories(dir);
    std::filesystem::copy_file(certificate_, dir + "/ca.crt");
    EXPECT_EQ(read("honest"), blob_);
}

} // namespace

} // namespace berth::test
