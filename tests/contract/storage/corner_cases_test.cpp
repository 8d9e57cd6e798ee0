// SPDX-License-Identifier: LGPL-2.1-or-later
// The archives that tar-split and Go's archive/tar are tested with: what those accept is accepted
// here and gives umoci's tree, what they refuse is refused. Read in place, from the third-party
// data beside the project; without them the test says so. Where libarchive sees it another way than
// Go does, the table says so.
#include "fixture.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <berth/error.hpp>

namespace berth::test {

namespace {

enum class Verdict {
    Accepted, ///< and the tree is umoci's, unless umoci can't unpack it
    Differs,  ///< accepted, with another tree than umoci's
    Refused,  ///< Corrupt
};

struct Corner {
    const char* file;
    Verdict verdict;
};

constexpr std::array kCorners{
    Corner{"archive/tar/testdata/file-and-dir.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-incremental.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-long-nul.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-multi-hdrs.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-nil-sparse-data.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-nil-sparse-hole.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-not-utf8.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-sparse-big.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu-utf8.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/gnu.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/hardlink.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/hdr-only.tar", Verdict::Accepted},
    // A prefix whose field has garbage behind it: Go takes it, libarchive does not.
    Corner{"archive/tar/testdata/invalid-go17.tar", Verdict::Differs},
    Corner{"archive/tar/testdata/issue10968.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/issue11169.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/issue12435.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/neg-size.tar", Verdict::Refused},
    // Garbage where GNU keeps the size of a sparse file, which libarchive believes.
    Corner{"archive/tar/testdata/nil-uid.tar", Verdict::Differs},
    Corner{"archive/tar/testdata/pax-bad-hdr-file.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/pax-bad-hdr-large.tar.bz2", Verdict::Refused},
    // Go refuses it; the digits before the letters are taken.
    Corner{"archive/tar/testdata/pax-bad-mtime-file.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax-global-records.tar", Verdict::Accepted},
    // Go takes the last of four headers in a row, which POSIX knows nothing of.
    Corner{"archive/tar/testdata/pax-multi-hdrs.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/pax-nil-sparse-data.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax-nil-sparse-hole.tar", Verdict::Accepted},
    // Go refuses it; the name ends at its zero.
    Corner{"archive/tar/testdata/pax-nul-path.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax-nul-xattrs.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/pax-path-hdr.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/pax-pos-size-file.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax-records.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax-sparse-big.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/pax.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/sparse-formats.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/star.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/trailing-slash.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/ustar-file-devs.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/ustar-file-reg.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/ustar.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/v7.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/writer-big-long.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/writer-big.tar", Verdict::Refused},
    Corner{"archive/tar/testdata/writer.tar", Verdict::Accepted},
    Corner{"archive/tar/testdata/xattrs.tar", Verdict::Accepted},
    Corner{"tar/asm/testdata/extranils.tar.gz", Verdict::Accepted},
    // tar-split refuses the size of the long name; libarchive reads the name.
    Corner{"tar/asm/testdata/fatlonglink.tar.gz", Verdict::Differs},
    Corner{"tar/asm/testdata/iso-8859.tar.gz", Verdict::Accepted},
    Corner{"tar/asm/testdata/longlink.tar.gz", Verdict::Accepted},
    Corner{"tar/asm/testdata/notenoughnils.tar.gz", Verdict::Accepted},
    Corner{"tar/asm/testdata/t.tar.gz", Verdict::Accepted},
};

class CornerCases : public StorageContract {
  protected:
    void SetUp() override {
        StorageContract::SetUp();
        if (IsSkipped()) return;
        if (!std::filesystem::is_directory(CORNER_CASES)) {
            GTEST_SKIP() << "the archives are not there: " << CORNER_CASES;
        }
        if (std::system("umoci --version >/dev/null 2>&1") != 0) {
            GTEST_SKIP() << "umoci is not installed (Debian package umoci)";
        }
    }

    std::string archive(const std::string& file) {
        const std::string path = std::string(CORNER_CASES) + "/" + file;
        const bool gz = file.ends_with(".gz");
        const char* unpack = gz ? "zcat " : file.ends_with(".bz2") ? "bzcat " : "cat ";
        run(unpack + path + " > " + scratch() + "/corner.tar");
        return base::Dir::open(scratch()).read("corner.tar", 1U << 30U);
    }

    /// The tree umoci makes of scratch()/corner.tar; empty when it makes none.
    std::string umoci_tree() {
        const std::string at = scratch() + "/umoci";
        run("rm -rf " + at + " && mkdir " + at + " && umoci init --layout " + at +
            "/oci && umoci new --image " + at + "/oci:t");
        const std::string make = "umoci raw add-layer --image " + at + "/oci:t " + scratch() +
                                 "/corner.tar && umoci unpack --image " + at + "/oci:t " + at +
                                 "/bundle";
        return std::system(("(" + make + ") >/dev/null 2>&1").c_str()) == 0 ? at + "/bundle/rootfs"
                                                                            : "";
    }

    void expect(const Corner& corner, unsigned number) {
        storage().create(layer_id(number), std::nullopt, {});
        const auto outcome = apply(layer_id(number), archive(corner.file));
        EXPECT_EQ(outcome.ok, corner.verdict != Verdict::Refused)
            << corner.file << ": " << outcome.message;
        const bool told = outcome.ok || outcome.code == ErrorCode::Corrupt;
        EXPECT_TRUE(told) << corner.file << ": " << outcome.message;
        if (!outcome.ok || corner.verdict == Verdict::Refused) return;
        storage().complete(layer_id(number));
        if (corner.verdict == Verdict::Differs) return;
        // umoci writes sixty gigabytes of zeros where these have holes.
        if (std::string(corner.file).find("sparse-big") != std::string::npos) return;
        const std::string theirs = umoci_tree();
        if (theirs.empty()) return;
        ++compared_;
        // Directories that no entry names are as old as the test.
        const SnapshotOptions options{.root = false, .dir_times = false, .without_time = {}};
        EXPECT_EQ(
            difference(snapshot(theirs, options), snapshot(look(layer_id(number)).fd(), options)),
            "")
            << corner.file;
    }

    int compared_ = 0; ///< with umoci's trees
};
INSTANTIATE_TEST_SUITE_P(Plugins, CornerCases, ::testing::Values("overlay"),
                         [](const auto& instance) { return instance.param; });

} // namespace

TEST_P(CornerCases, AreAcceptedOrRefusedAsTheirOwnersDo) {
    unsigned number = 1;
    for (const auto& corner : kCorners)
        expect(corner, number++);
    EXPECT_GE(compared_, 20) << "umoci unpacked too few of them to compare with";
}

} // namespace berth::test
