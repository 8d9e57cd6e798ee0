// SPDX-License-Identifier: LGPL-2.1-or-later
// Deletions as aufs and overlayfs keep them in a branch: written from an archive, read back, turned
// into an archive again, without a mount of either.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <plugins/storage/layers/branch_view.hpp>
#include <plugins/storage/layers/changes.hpp>
#include <plugins/storage/tar/apply.hpp>
#include <plugins/storage/tar/diff.hpp>
#include <sys/mman.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/support/tar_builder.hpp>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

using test::TarBuilder;

LayerId id(unsigned number) {
    return LayerId(std::string(63, '0') + std::to_string(number));
}

/// Layers of one style, filled as the plugins fill them, but not confined.
class BranchTest : public ::testing::TestWithParam<tar::BranchStyle> {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "trusted attributes need root; run by ./check";
    }

    [[nodiscard]] const Branches& branches() const { return branches_; }
    [[nodiscard]] const tar::Marks& marks() const { return tar::marks_of(GetParam()); }
    [[nodiscard]] bool is_aufs() const { return GetParam() == tar::BranchStyle::Aufs; }

    void make(unsigned number, const std::string& tar) {
        const std::optional<LayerId> parent =
            number == 1 ? std::nullopt : std::optional(id(number - 1));
        branches_.make(id(number), parent, LayerKind::Image, [&](const base::Dir& layer) {
            branches_.fill(layer, parent.has_value(), false);
        });
        const base::Fd fd(::memfd_create("tar", MFD_CLOEXEC));
        base::write_all(fd.get(), tar);
        ::lseek(fd.get(), 0, SEEK_SET);
        tar::ApplyOptions options;
        if (parent) {
            options.whiteouts = is_aufs() ? tar::WhiteoutStyle::Aufs : tar::WhiteoutStyle::Overlay;
        }
        static_cast<void>(tar::apply(fd.get(), branches_.open_diff(id(number)).fd(), options));
    }
    [[nodiscard]] std::vector<std::string> names_in(unsigned number, const std::string& dir) const {
        return branches_.open_diff(id(number)).open_dir(dir.empty() ? "." : dir).list();
    }
    [[nodiscard]] std::string diff(unsigned number) const {
        const base::Fd fd(::memfd_create("diff", MFD_CLOEXEC));
        tar::write_branch_diff(branches_.open_diff(id(number)).fd(), fd.get(), marks(), {});
        ::lseek(fd.get(), 0, SEEK_SET);
        return base::read_all(fd.get(), 1U << 24U, "diff");
    }
    [[nodiscard]] std::string listed(unsigned number) const {
        std::string text;
        for (const auto& change : find_changes(branches_, id(number), marks())) {
            const char* kinds = "ACD";
            text += kinds[static_cast<int>(change.kind)] + change.path + " ";
        }
        return text;
    }
    [[nodiscard]] BranchView view(unsigned top) const {
        auto ids = branches_.ancestors(id(top));
        ids.insert(ids.begin(), id(top));
        return {branches_, ids, marks()};
    }

  private:
    test::ScratchDir scratch_;
    Branches branches_{scratch_.path(), {500, "a limit"}};
};

INSTANTIATE_TEST_SUITE_P(Styles, BranchTest,
                         ::testing::Values(tar::BranchStyle::Overlay, tar::BranchStyle::Aufs),
                         [](const auto& instance) {
                             return instance.param == tar::BranchStyle::Aufs ? "aufs" : "overlay";
                         });

std::string base_tar() {
    return TarBuilder()
        .dir("etc")
        .file("etc/passwd")
        .file("etc/gone")
        .dir("full")
        .file("full/1")
        .dir("full/sub")
        .file("full/sub/2")
        .symlink("link", "full")
        .finish();
}

} // namespace

TEST_P(BranchTest, KeepsADeletionAsItsFileSystemReadsIt) {
    make(1, base_tar());
    make(2, TarBuilder().dir("etc").file("etc/.wh.gone", "").finish());
    const std::vector<std::string> expected{is_aufs() ? ".wh.gone" : "gone"};
    EXPECT_EQ(names_in(2, "etc"), expected);
    EXPECT_TRUE(marks().hides(branches().open_diff(id(2)).open_dir("etc").fd(), "gone"));
    EXPECT_FALSE(view(2).has("etc/gone"));
    EXPECT_TRUE(view(2).has("etc/passwd"));
    EXPECT_TRUE(view(1).has("etc/gone"));
    EXPECT_EQ(listed(2), "C/etc D/etc/gone ");
}

TEST_P(BranchTest, KeepsAnOpaqueDirectory) {
    make(1, base_tar());
    make(2, TarBuilder().dir("full").file("full/.wh..wh..opq", "").file("full/3").finish());
    EXPECT_TRUE(marks().is_opaque(branches().open_diff(id(2)).open_dir("full").fd()));
    EXPECT_FALSE(view(2).has("full/1"));
    EXPECT_FALSE(view(2).has("full/sub/2"));
    EXPECT_TRUE(view(2).has("full/3"));
    EXPECT_EQ(listed(2), "C/full A/full/3 ");
}

TEST_P(BranchTest, ShowsWhatAnArchiveDeletesAndThenMakes) {
    make(1, base_tar());
    make(2, TarBuilder()
                .dir("etc")
                .file("etc/.wh.passwd", "")
                .file("etc/passwd", "new")
                .file(".wh.full", "")
                .dir("full")
                .file("full/new")
                .finish());
    auto seen = view(2);
    EXPECT_TRUE(seen.has("etc/passwd"));
    EXPECT_TRUE(seen.has("full/new"));
    EXPECT_FALSE(seen.has("full/1")) << "the directory is a new one";
}

TEST_P(BranchTest, KeepsWhatAnArchiveMakesAndThenDeletes) {
    make(1, base_tar());
    make(2, TarBuilder()
                .dir("etc")
                .file("etc/passwd", "new")
                .file("etc/.wh.passwd", "")
                .dir("full")
                .file("full/new")
                .file(".wh.full", "")
                .finish());
    auto seen = view(2);
    EXPECT_TRUE(seen.has("etc/passwd"));
    EXPECT_TRUE(seen.has("full/new"));
    EXPECT_FALSE(seen.has("full/1"));
}

TEST_P(BranchTest, LooksThroughNoLinkAndNoFile) {
    make(1, base_tar());
    make(2, TarBuilder().file("full").dir("link").finish());
    auto seen = view(2);
    EXPECT_TRUE(seen.has("full"));
    EXPECT_FALSE(seen.has("full/1"));
    EXPECT_TRUE(seen.has("link"));
    EXPECT_FALSE(seen.has("link/1"));
    EXPECT_FALSE(view(1).has("link/1"));
    EXPECT_FALSE(seen.has("nothing/at/all"));
}

TEST_P(BranchTest, GivesItsArchiveAgain) {
    make(1, base_tar());
    const auto tar = TarBuilder()
                         .dir("etc")
                         .file("etc/.wh.gone", "")
                         .file("etc/new")
                         .dir("full")
                         .file("full/.wh..wh..opq", "")
                         .finish();
    make(2, tar);
    const std::string once = diff(2);
    for (const char* name : {"etc/.wh.gone", "full/.wh..wh..opq", "etc/new"})
        EXPECT_NE(once.find(name), std::string::npos) << name;
    make(3, once);
    EXPECT_EQ(diff(3), once);
}

TEST_P(BranchTest, LeavesOutWhatAufsKeepsForItself) {
    if (!is_aufs()) GTEST_SKIP() << "overlayfs keeps nothing in a branch";
    make(1, base_tar());
    make(2, TarBuilder().file("new").finish());
    const auto branch = branches().open_diff(id(2));
    static_cast<void>(branch.open_file(".wh..wh.aufs", O_CREAT | O_WRONLY, 0444));
    static_cast<void>(branch.make_dirs(".wh..wh.orph", 0700));
    static_cast<void>(
        branch.make_dirs(".wh..wh.plnk", 0700).open_file("12.34", O_CREAT | O_WRONLY, 0600));
    EXPECT_EQ(listed(2), "A/new ");
    EXPECT_EQ(diff(2).find(".wh."), std::string::npos);
}

TEST(Records, TakeAContainerOnAsManyLayersAsTheLimitSaysAndAnImageOneLess) {
    const test::ScratchDir scratch;
    const Records records(scratch.path(), {3, "it stacks three"});
    const auto add = [&](unsigned number, LayerKind kind) {
        const auto parent = number == 1 ? std::nullopt : std::optional(id(number - 1));
        static_cast<void>(records.admit(id(number), parent, kind));
        records.make(id(number), parent, kind, [](const base::Dir& /*layer*/) {});
        if (kind == LayerKind::Image) records.mark_complete(id(number));
    };
    for (unsigned number = 1; number <= 3; ++number)
        add(number, LayerKind::Image);
    try {
        add(4, LayerKind::Image);
        FAIL() << "admitted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Exhausted);
        EXPECT_NE(std::string(error.what()).find("it stacks three; flatten"), std::string::npos);
    }
    EXPECT_NO_THROW(add(4, LayerKind::Container));
}

TEST(AufsNames, LongerThanAufsShowsAreRefusedWhereverTheyStand) {
    const test::ScratchDir scratch;
    const auto root = base::Dir::open(scratch.path());
    tar::ApplyOptions options;
    options.longest_name = 242;
    const std::string fits(242, 'n');
    const std::string longer(243, 'n');
    const auto apply = [&](const std::string& name) {
        const base::Fd fd(::memfd_create("tar", MFD_CLOEXEC));
        base::write_all(fd.get(), TarBuilder().add_pax({{"path", name}}, 'x').file("f").finish());
        ::lseek(fd.get(), 0, SEEK_SET);
        static_cast<void>(tar::apply(fd.get(), root.fd(), options));
    };
    EXPECT_NO_THROW(apply(fits));
    for (const auto& name : {longer, longer + "/file"}) {
        try {
            apply(name);
            FAIL() << "kept";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Unsupported);
            EXPECT_NE(std::string(error.what()).find("242"), std::string::npos);
        }
    }
}

} // namespace berth::layers
