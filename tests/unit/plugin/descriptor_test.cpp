// SPDX-License-Identifier: LGPL-2.1-or-later
// What a plugin's descriptor must be, field by field, and what its file must be.
#include <cstdlib>
#include <memory>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <berth/network.hpp>
#include <berth/registry.hpp>
#include <berth/storage.hpp>
#include <plugin/descriptor.hpp>
#include <plugin/loader.hpp>

namespace berth::plugin {
namespace {

std::unique_ptr<Network> make_nothing(const PluginHost& /*host*/) {
    return nullptr;
}

Descriptor good() {
    Descriptor descriptor{};
    descriptor.magic = kPluginMagic;
    descriptor.api_version = kPluginApiVersion;
    descriptor.size = sizeof(Descriptor);
    descriptor.kind = PluginKind::Network;
    descriptor.name = "sample";
    descriptor.version = "1.0";
    descriptor.description = "nothing";
    descriptor.create_network = make_nothing;
    return descriptor;
}

std::string refusal(const Descriptor& descriptor) {
    try {
        check_descriptor(descriptor, PluginKind::Network, "sample");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Unsupported);
        return error.what();
    }
    return "";
}

TEST(DescriptorTest, AcceptsOneThatFits) {
    EXPECT_EQ(refusal(good()), "");
}

TEST(DescriptorTest, NamesBothVersions) {
    auto old = good();
    old.api_version = kPluginApiVersion - 1;
    EXPECT_EQ(refusal(old), "plugin 'sample' refused: it was built for plugin interface version " +
                                std::to_string(kPluginApiVersion - 1) +
                                ", this berth has version " + std::to_string(kPluginApiVersion) +
                                "; build it against these headers");
}

TEST(DescriptorTest, LooksAtNothingBehindAForeignMagic) {
    Descriptor foreign{};
    foreign.magic = 1;
    foreign.name = reinterpret_cast<const char*>(8); // would crash
    EXPECT_NE(refusal(foreign).find("not one of berth's"), std::string::npos);
}

TEST(DescriptorTest, RefusesAnotherSizeKindOrName) {
    auto size = good();
    size.size = 8;
    EXPECT_NE(refusal(size).find("has 8 bytes"), std::string::npos);
    auto kind = good();
    kind.kind = PluginKind::Storage;
    EXPECT_NE(refusal(kind).find("is of kind 'storage'"), std::string::npos);
    auto name = good();
    name.name = "other\n";
    EXPECT_NE(refusal(name).find("calls itself 'other\\"), std::string::npos) << refusal(name);
    auto nameless = good();
    nameless.name = nullptr;
    EXPECT_NE(refusal(nameless).find("calls itself ''"), std::string::npos);
    auto unversioned = good();
    unversioned.version = nullptr;
    EXPECT_NE(refusal(unversioned).find("no version"), std::string::npos);
}

TEST(DescriptorTest, WantsTheFactoryOfItsKindAndNoOther) {
    auto none = good();
    none.create_network = nullptr;
    EXPECT_NE(refusal(none).find("factory of a network plugin"), std::string::npos);
    auto both = good();
    both.create_registry = [](const PluginHost&) -> std::unique_ptr<Registry> { return nullptr; };
    EXPECT_NE(refusal(both).find("factory of a network plugin"), std::string::npos);
}

TEST(PluginNameTest, IsShortAndPlain) {
    EXPECT_TRUE(is_plugin_name("overlay"));
    EXPECT_TRUE(is_plugin_name("a_2-b"));
    EXPECT_FALSE(is_plugin_name(""));
    EXPECT_FALSE(is_plugin_name("../overlay"));
    EXPECT_FALSE(is_plugin_name("Overlay"));
    EXPECT_FALSE(is_plugin_name("-x"));
    EXPECT_FALSE(is_plugin_name(std::string(33, 'a')));
}

class PluginFileTest : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0)
            GTEST_SKIP() << "needs root: only root's files are checked for owners";
        char name[] = "/tmp/berth-plugin-XXXXXX";
        ASSERT_NE(::mkdtemp(name), nullptr);
        dir_ = name;
        path_ = dir_ + "/sample.so";
        const base::Fd file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        ASSERT_TRUE(file);
    }
    void TearDown() override {
        ::unlink(path_.c_str());
        ::rmdir(dir_.c_str());
    }
    std::string refusal() const {
        try {
            check_file(path_);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Denied);
            return error.what();
        }
        return "";
    }
    std::string dir_;
    std::string path_;
};

TEST_F(PluginFileTest, IsRootsAndWritableByRootAlone) {
    EXPECT_EQ(refusal(), "");
    ::chmod(path_.c_str(), 0664);
    EXPECT_NE(refusal().find("writable by root alone"), std::string::npos);
    ::chmod(path_.c_str(), 0644);
    ASSERT_EQ(::chown(path_.c_str(), 1000, 0), 0);
    EXPECT_NE(refusal().find("must belong to root"), std::string::npos);
    ASSERT_EQ(::chown(path_.c_str(), 0, 0), 0);
    ::chmod(dir_.c_str(), 0777);
    EXPECT_NE(refusal().find("'" + dir_ + "' is not trusted"), std::string::npos);
}

TEST_F(PluginFileTest, IsAFileThatIsThere) {
    ::unlink(path_.c_str());
    EXPECT_THROW(check_file(path_), Error);
    ASSERT_EQ(::mkfifo(path_.c_str(), 0644), 0);
    EXPECT_NE(refusal().find("not a regular file"), std::string::npos);
}

} // namespace
} // namespace berth::plugin
