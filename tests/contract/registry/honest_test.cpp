// SPDX-License-Identifier: LGPL-2.1-or-later
// What every registry plugin promises, for `distribution` against Debian's docker-registry and for
// `directory` against a directory.
#include "common.hpp"
#include "server.hpp"

#include <fstream>

namespace berth::test {

namespace {

std::string random_bytes(std::size_t size) {
    std::string bytes;
    for (int n = 0; bytes.size() < size; ++n)
        bytes += base::sha256(std::to_string(n)).str();
    bytes.resize(size);
    return bytes;
}

/// The parameter is the plugin's name.
class Honest : public RegistryTest, public ::testing::WithParamInterface<const char*> {
  protected:
    void SetUp() override {
        registry_ = load(GetParam());
        if (std::string(GetParam()) == "directory") {
            host_ = scratch_.path() + "/layout";
            return;
        }
        if (::access("/usr/bin/docker-registry", X_OK) != 0) {
            GTEST_SKIP() << "needs Debian's docker-registry; ./check installs it";
        }
        start_registry();
        repository_ = "me/web";
    }
    void start_registry() {
        const int port = free_port();
        const std::string config = scratch_.path() + "/registry.yml";
        std::ofstream(config) << "version: 0.1\nlog: {level: error}\nstorage: {filesystem: "
                                 "{rootdirectory: "
                              << scratch_.path() << "/registry}}\nhttp: {addr: 127.0.0.1:" << port
                              << "}\n";
        server_ = std::make_unique<Server>(
            std::vector<std::string>{"docker-registry", "serve", config}, port);
        host_ = server_->host();
    }
    std::unique_ptr<RegistrySession> session(bool writable = true) {
        return open(*registry_, host_, repository_, writable);
    }

    std::unique_ptr<Registry> registry_;
    std::unique_ptr<Server> server_;
    std::string host_;
    std::string repository_;
};

TEST_P(Honest, BlobsComeBackAsTheyWent) {
    for (const std::size_t size : {0U, 1U, 2U, 1000U, 5000000U}) {
        const std::string bytes = random_bytes(size);
        const auto there = session();
        EXPECT_FALSE(there->has_blob(base::sha256(bytes))) << size;
        upload(*there, bytes);
        EXPECT_TRUE(there->has_blob(base::sha256(bytes))) << size;
        EXPECT_EQ(read_all_of(*there, base::sha256(bytes), size), bytes);
    }
}

TEST_P(Honest, BlobIsReadFromAnyOffset) {
    const std::string bytes = random_bytes(3000000);
    const auto there = session();
    upload(*there, bytes);
    for (const std::size_t from : {1U, 999999U, 2999999U}) {
        EXPECT_EQ(read_all_of(*there, base::sha256(bytes), bytes.size(), from), bytes.substr(from));
    }
}

TEST_P(Honest, UploadTellsHowFarItCame) {
    const std::string bytes = random_bytes(2000000);
    std::uint64_t last = 0;
    session()->upload_blob(base::sha256(bytes), bytes.size(), source_of(bytes),
                           [&](std::uint64_t sent) { last = sent; });
    EXPECT_EQ(last, bytes.size());
}

TEST_P(Honest, UploadOfWrongBytesIsRefused) {
    const std::string bytes = random_bytes(5000);
    const auto there = session();
    EXPECT_THROW(there->upload_blob(base::sha256("something else"), bytes.size(), source_of(bytes),
                                    [](std::uint64_t) {}),
                 Error);
    EXPECT_FALSE(there->has_blob(base::sha256("something else")));
}

TEST_P(Honest, ManifestIsFoundByTagAndDigest) {
    const std::string config = R"({"rootfs":{"type":"layers","diff_ids":[]}})";
    const auto there = session();
    upload(*there, config);
    const std::string bytes = manifest_for(config);
    const Digest digest = there->put_manifest("1", kManifestType, bytes);
    EXPECT_EQ(digest, base::sha256(bytes));
    for (const std::string& name : {std::string("1"), digest.str()}) {
        const auto read = session(false)->get_manifest(name);
        EXPECT_EQ(read.bytes, bytes);
        EXPECT_EQ(read.media_type, kManifestType);
        EXPECT_EQ(read.digest, digest);
    }
    EXPECT_EQ(there->list_tags(), std::vector<std::string>{"1"});
}

TEST_P(Honest, TagMovesToTheNewManifest) {
    const auto there = session();
    Digest last = base::sha256("");
    for (const std::string config : {"{}", "{ }"}) {
        upload(*there, config);
        last = there->put_manifest("1", kManifestType, manifest_for(config));
    }
    EXPECT_EQ(session(false)->get_manifest("1").digest, last);
    EXPECT_EQ(there->list_tags().size(), 1U);
}

TEST_P(Honest, WhatIsNotThereIsNotFound) {
    const auto there = session();
    upload(*there, "{}");
    EXPECT_EQ(failure_of([&] { static_cast<void>(there->get_manifest("none")); }),
              ErrorCode::NotFound);
    const Digest none = base::sha256("none");
    EXPECT_EQ(failure_of([&] { static_cast<void>(there->get_manifest(none.str())); }),
              ErrorCode::NotFound);
    EXPECT_EQ(failure_of([&] { static_cast<void>(read_all_of(*there, none, 10)); }),
              ErrorCode::NotFound);
}

TEST_P(Honest, SearchFindsByAPartOfTheName) {
    const auto there = session();
    upload(*there, "{}");
    static_cast<void>(there->put_manifest("web-1", kManifestType, manifest_for("{}")));
    const RegistryTarget target{.host = host_, .repository = ""};
    EXPECT_EQ(registry_->search(target, "web", 10).size(), 1U);
    EXPECT_TRUE(registry_->search(target, "nothing", 10).empty());
}

INSTANTIATE_TEST_SUITE_P(Plugins, Honest, ::testing::Values("distribution", "directory"),
                         [](const auto& plugin) { return plugin.param; });

class Mount : public Honest {};

TEST_P(Mount, BlobOfAnotherRepositoryIsTakenOverWithoutBeingSent) {
    upload(*session(), "a blob");
    const auto other = open(*registry_, host_, "me/other", true);
    EXPECT_TRUE(other->mount_blob(base::sha256("a blob"), "me/web"));
    EXPECT_TRUE(other->has_blob(base::sha256("a blob")));
    EXPECT_FALSE(other->mount_blob(base::sha256("another"), "me/web"));
    upload(*other, "another"); // in the upload that the mount began
    EXPECT_TRUE(other->has_blob(base::sha256("another")));
}

INSTANTIATE_TEST_SUITE_P(Plugins, Mount, ::testing::Values("distribution"));

} // namespace

} // namespace berth::test
