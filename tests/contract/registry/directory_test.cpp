// SPDX-License-Identifier: LGPL-2.1-or-later
// Layouts that are broken, hostile, or written by others.
#include "common.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/stat.h>

#include <base/dir.hpp>

namespace berth::test {

namespace {

class Directory : public RegistryTest {
  protected:
    void SetUp() override { registry_ = load("directory"); }
    std::unique_ptr<RegistrySession> session(bool writable = false) {
        return open(*registry_, path_, "", writable);
    }
    void fill() {
        const auto there = session(true);
        upload(*there, "{}");
        static_cast<void>(there->put_manifest("1", kManifestType, manifest_for("{}")));
    }
    void write(const std::string& name, const std::string& content) {
        std::ofstream(path_ + "/" + name) << content;
    }
    ErrorCode manifest_failure(const std::string& name = "1") {
        return failure_of([&] { static_cast<void>(session()->get_manifest(name)); });
    }

    std::unique_ptr<Registry> registry_;
    std::string path_ = scratch_.path() + "/layout";
};

TEST_F(Directory, MissingOrForeignDirectoryIsRefused) {
    EXPECT_EQ(manifest_failure(), ErrorCode::NotFound);
    std::filesystem::create_directory(path_);
    EXPECT_EQ(manifest_failure(), ErrorCode::Corrupt);
    write("somebody's file", "x");
    EXPECT_EQ(failure_of([&] { static_cast<void>(session(true)); }), ErrorCode::Corrupt);
    EXPECT_FALSE(std::filesystem::exists(path_ + "/index.json"));
}

TEST_F(Directory, LinksDoNotLeadOutOfTheLayout) {
    fill();
    const std::string secret = "not yours";
    std::ofstream(scratch_.path() + "/secret") << secret;
    const std::string blob = path_ + "/blobs/sha256/" + base::sha256(secret).hex();
    std::filesystem::create_symlink("../../../secret", blob);
    EXPECT_THROW(static_cast<void>(read_all_of(*session(), base::sha256(secret), 9)), Error);
    std::filesystem::remove(blob);
    std::filesystem::create_symlink(scratch_.path() + "/secret", blob);
    EXPECT_THROW(static_cast<void>(read_all_of(*session(), base::sha256(secret), 9)), Error);
}

TEST_F(Directory, BlobThatIsNoFileIsNotFound) {
    fill();
    const std::string blob = path_ + "/blobs/sha256/" + base::sha256("x").hex();
    ASSERT_EQ(::mkfifo(blob.c_str(), 0644), 0);
    EXPECT_EQ(failure_of([&] { static_cast<void>(read_all_of(*session(), base::sha256("x"), 1)); }),
              ErrorCode::NotFound);
}

TEST_F(Directory, BrokenIndexIsRefused) {
    fill();
    for (const char* text : {"", "[]", "{", R"({"manifests":7})", R"({"manifests":[{}]})",
                             R"({"manifests":[{"digest":"sha256:x","size":1}]})"}) {
        write("index.json", text);
        EXPECT_EQ(manifest_failure(), ErrorCode::Corrupt) << text;
    }
    write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})");
    EXPECT_EQ(manifest_failure(), ErrorCode::Unsupported);
}

TEST_F(Directory, ManifestThatWasChangedIsRefused) {
    fill();
    const Digest digest = base::sha256(manifest_for("{}"));
    write("blobs/sha256/" + digest.hex(), manifest_for("{ }"));
    EXPECT_EQ(manifest_failure(), ErrorCode::Corrupt);
}

TEST_F(Directory, OnlyImageNeedsNoTag) {
    fill();
    EXPECT_EQ(session()->get_manifest("latest").bytes, manifest_for("{}"));
    static_cast<void>(session(true)->put_manifest("2", kManifestType, manifest_for("{ }")));
    EXPECT_EQ(manifest_failure("latest"), ErrorCode::NotFound);
}

TEST_F(Directory, ManyWritersLoseNothing) {
    std::vector<std::thread> threads;
    for (int n = 0; n < 8; ++n) {
        threads.emplace_back([this, n] {
            const std::string config(static_cast<std::size_t>(n + 1), ' ');
            const auto there = session(true);
            upload(*there, config);
            static_cast<void>(
                there->put_manifest("t" + std::to_string(n), kManifestType, manifest_for(config)));
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(session()->list_tags().size(), 8U);
}

} // namespace

} // namespace berth::test
