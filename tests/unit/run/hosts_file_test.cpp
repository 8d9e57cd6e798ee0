// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>
#include <run/hosts_file.hpp>

namespace berth::run {
namespace {

const std::string kRedis(64, 'a');
const std::string kWeb(64, 'b');
const std::string kOwn = "127.0.0.1\tlocalhost\n";

std::string line(const std::string& names, const std::string& id) {
    return "10.0.0.2\t" + names + hosts_mark(id) + "\n";
}

TEST(HostsTextTest, LosesTheLinesAboutOneContainer) {
    const auto text = kOwn + line("redis db", kRedis) + line("web", kWeb) + line("v6", kRedis);
    EXPECT_EQ(hosts_without(text, hosts_mark(kRedis)), kOwn + line("web", kWeb));
    EXPECT_EQ(hosts_without(text, {}), kOwn);
    EXPECT_EQ(hosts_without(text, hosts_mark(std::string(64, 'c'))), text);
}

TEST(HostsTextTest, KeepsWhatTheContainerWrote) {
    EXPECT_EQ(hosts_without("# berth is nice\n\n10.0.0.9 x", {}), "# berth is nice\n\n10.0.0.9 x");
    EXPECT_EQ(hosts_without("a" + hosts_mark(kRedis), hosts_mark(kRedis)), "");
    EXPECT_EQ(hosts_without("", {}), "");
}

class HostsFileTest : public ::testing::Test {
  protected:
    HostsFileTest() {
        std::string pattern = testing::TempDir() + "hostsXXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    ~HostsFileTest() override { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file() const { return path_ + "/hosts"; }
    void write(const std::string& text) const { std::ofstream(file()) << text; }
    [[nodiscard]] std::string text() const { return base::read_file(file()); }
    [[nodiscard]] base::Dir dir() const { return base::Dir::open(path_); }

  private:
    std::string path_;
};

TEST_F(HostsFileTest, StaysTheSameFileForWhoHasItMounted) {
    write(kOwn);
    const base::Fd reader(::open(file().c_str(), O_RDONLY | O_CLOEXEC));
    append_hosts(dir(), line("redis", kRedis));
    append_hosts(dir(), line("web", kWeb));
    EXPECT_EQ(text(), kOwn + line("redis", kRedis) + line("web", kWeb));
    strip_hosts(dir(), hosts_mark(kRedis));
    EXPECT_EQ(text(), kOwn + line("web", kWeb));
    struct stat opened {};
    struct stat named {};
    ASSERT_EQ(::fstat(reader.get(), &opened), 0);
    ASSERT_EQ(::stat(file().c_str(), &named), 0);
    EXPECT_EQ(opened.st_ino, named.st_ino);
}

TEST_F(HostsFileTest, FollowsNoLinkAndReadsNoHugeFile) {
    EXPECT_THROW(append_hosts(dir(), "x\n"), Error);
    std::filesystem::create_symlink("elsewhere", file());
    EXPECT_THROW(append_hosts(dir(), "x\n"), Error);
    EXPECT_THROW(strip_hosts(dir(), {}), Error);
    std::filesystem::remove(file());
    write("");
    std::filesystem::resize_file(file(), 1U << 30U);
    EXPECT_THROW(strip_hosts(dir(), {}), Error);
}

} // namespace
} // namespace berth::run
