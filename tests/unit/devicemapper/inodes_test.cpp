// SPDX-License-Identifier: LGPL-2.1-or-later
// Where inodes lie, held to file systems that mkfs made.
#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <plugins/storage/devicemapper/inodes.hpp>
#include <tests/support/scratch_dir.hpp>
#include <unistd.h>

namespace berth::devicemapper {

namespace {

using Bytes = std::vector<unsigned char>;

ReadDevice reader_of(const std::string& path) {
    return [path](std::uint64_t offset, std::size_t size) {
        std::ifstream file(path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        Bytes bytes(size);
        file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
        EXPECT_TRUE(file) << "cannot read " << size << " bytes at " << offset;
        return bytes;
    };
}

class InodePlacesTest : public ::testing::Test {
  protected:
    void make(const std::string& command) {
        std::ofstream file(image());
        file.close();
        ASSERT_EQ(::truncate(image().c_str(), off_t{640} << 20U), 0);
        ASSERT_EQ(std::system(("PATH=$PATH:/usr/sbin:/sbin " + command + " " + image()).c_str()),
                  0);
    }
    [[nodiscard]] std::string image() const { return scratch_.path() + "/image"; }

    /// What stands where an inode must be.
    [[nodiscard]] Bytes inode(Filesystem filesystem, std::uint64_t number) const {
        const auto read = reader_of(image());
        const auto places = InodePlaces::read(filesystem, read);
        EXPECT_TRUE(places);
        const auto offset = places ? places->offset(number) : std::nullopt;
        EXPECT_TRUE(offset);
        return offset ? read(*offset, 128) : Bytes(128);
    }

  private:
    test::ScratchDir scratch_;
};

} // namespace

TEST_F(InodePlacesTest, OfExt4AreInItsTables) {
    make("mkfs.ext4 -q -F");
    const auto root = inode(Filesystem::Ext4, 2);
    EXPECT_EQ(root[1] & 0xf0U, 0x40U) << "the root is a directory";
    EXPECT_EQ(root[26], 3) << "with three links";
    const auto found = inode(Filesystem::Ext4, 11);
    EXPECT_EQ(found[1] & 0xf0U, 0x40U) << "lost+found";
    EXPECT_EQ(found[26], 2);
    EXPECT_EQ(inode(Filesystem::Ext4, 12), Bytes(128)) << "not in use";
}

TEST_F(InodePlacesTest, OfExt4WithNarrowDescriptorsToo) {
    make("mkfs.ext4 -q -F -b 1024 -I 128 -O ^64bit");
    EXPECT_EQ(inode(Filesystem::Ext4, 2)[1] & 0xf0U, 0x40U);
    EXPECT_EQ(inode(Filesystem::Ext4, 11)[26], 2);
}

TEST_F(InodePlacesTest, OfExt4WithScatteredDescriptorsAreNotKnown) {
    make("mkfs.ext4 -q -F -O meta_bg,^resize_inode");
    EXPECT_FALSE(InodePlaces::read(Filesystem::Ext4, reader_of(image())));
}

TEST_F(InodePlacesTest, OfExt4EndWithItsLastGroup) {
    make("mkfs.ext4 -q -F");
    const auto places = InodePlaces::read(Filesystem::Ext4, reader_of(image()));
    ASSERT_TRUE(places);
    EXPECT_FALSE(places->offset(0));
    EXPECT_FALSE(places->offset(std::uint64_t{1} << 32U));
}

TEST_F(InodePlacesTest, OfXfsAreInTheirNumbers) {
    make("mkfs.xfs -q -f");
    const auto super = reader_of(image())(0, 512);
    std::uint64_t root = 0;
    for (std::size_t at = 56; at < 64; ++at)
        root = root << 8U | super[at];
    const auto found = inode(Filesystem::Xfs, root);
    EXPECT_EQ(std::string(found.begin(), found.begin() + 2), "IN");
    EXPECT_EQ(found[2] & 0xf0U, 0x40U) << "the root is a directory";
}

TEST_F(InodePlacesTest, AreNotKnownWithoutAFileSystem) {
    make("true");
    EXPECT_FALSE(InodePlaces::read(Filesystem::Ext4, reader_of(image())));
    EXPECT_FALSE(InodePlaces::read(Filesystem::Xfs, reader_of(image())));
}

} // namespace berth::devicemapper
