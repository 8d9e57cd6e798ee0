// SPDX-License-Identifier: LGPL-2.1-or-later
// commit, push, save, load, import and export, each against what it is read by again; needs root.
#include <nlohmann/json.hpp>
#include <tests/support/image_fixture.hpp>

#include <image/auth.hpp>
#include <image/blobs.hpp>
#include <image/commit.hpp>
#include <image/export.hpp>
#include <image/import.hpp>
#include <image/load.hpp>
#include <image/login.hpp>
#include <image/pull.hpp>
#include <image/push.hpp>
#include <image/save.hpp>
#include <spec/image_config.hpp>
#include <spec/manifest.hpp>

namespace berth::image {

namespace {

using test::failure_of;
using test::from_start;
using test::in_memory;
using test::TarBuilder;

class RoundTrip : public test::ImageTest {
  protected:
    void SetUp() override {
        ImageTest::SetUp();
        if (IsSkipped()) return;
        test::add_image(place_, "1", {.tars = {base_}});
        image_ = pull(*engine_, {.reference = "reg.example/me/web:1", .platform = ""}).images.at(0);
    }
    spec::JobContainer container() {
        return {.id = std::string(64, 'c'),
                .layer = add_container(image_->layers.back().chain).str(),
                .driver = "overlay"};
    }
    spec::JobImage commit_ok(const spec::CommitRequest& request) {
        return commit(*engine_, request).images.at(0);
    }
    static spec::ImageConfig config_of(const spec::JobImage& image) {
        return spec::parse_image_config(read_blob(image.id, spec::kConfigLimit));
    }
    std::string saved(const spec::JobImage& image) {
        const base::Fd out = in_memory("");
        static_cast<void>(save(progress_, {.images = {image}}, out.get()));
        return from_start(out);
    }

    const std::string base_ =
        TarBuilder().dir("etc").file("etc/a", "one").file("etc/gone", "x").finish();
    std::optional<spec::JobImage> image_;
};

TEST_F(RoundTrip, CommitPutsALayerOnTheImage) {
    const auto box = container();
    layer_tree(LayerId(box.layer)).write_atomically("new", "made", 0640);
    const auto made = commit_ok({.container = box,
                                 .reference = "me/web:2",
                                 .parent = image_,
                                 .changes = {R"(CMD ["run", "it"])", "ENV A=2 B=3", "USER 7:8"},
                                 .author = "somebody",
                                 .message = "note"});
    EXPECT_EQ(made.references, std::vector<std::string>{"docker.io/me/web:2"});
    ASSERT_EQ(made.layers.size(), 2U);
    EXPECT_EQ(made.layers[0].blob, image_->layers[0].blob);
    EXPECT_EQ(layer_tree(made.layers[1].chain).read("new", 100), "made");
    const auto config = config_of(made);
    EXPECT_EQ(config.cmd, (std::vector<std::string>{"run", "it"}));
    EXPECT_EQ(config.env, (std::vector<std::string>{"A=2", "B=3"}));
    EXPECT_EQ(config.user, "7:8");
    EXPECT_EQ(config.author, "somebody");
    EXPECT_EQ(config.history.back().comment, "note");
    EXPECT_FALSE(config.history.back().empty_layer);
}

TEST_F(RoundTrip, CommitOfAnUnchangedContainerHasNoNewLayer) {
    const auto made = commit_ok({.container = container(), .reference = "", .parent = image_});
    EXPECT_EQ(made.layers.size(), 1U);
    EXPECT_TRUE(config_of(made).history.back().empty_layer);
    EXPECT_TRUE(made.references.empty());
}

TEST_F(RoundTrip, CommitWithABadChangeMakesNothing) {
    const auto layers = storage_->list().size();
    const auto box = container();
    EXPECT_EQ(
        failure_of([&] {
            static_cast<void>(commit_ok(
                {.container = box, .reference = "", .parent = image_, .changes = {"FLY away"}}));
        }),
        ErrorCode::InvalidArgument);
    EXPECT_EQ(storage_->list().size(), layers + 1);
}

TEST_F(RoundTrip, PushedImageIsPulledElsewhereAsItWas) {
    const auto box = container();
    layer_tree(LayerId(box.layer)).write_atomically("new", "made", 0640);
    const auto made = commit_ok({.container = box, .reference = "me/web:2", .parent = image_});
    const auto digest =
        push(places_, progress_, {.reference = "reg.example/me/web:2", .image = made}).digest;
    EXPECT_EQ(digest, made.manifest.str());
    EXPECT_EQ(place_.uploaded, made.layers[1].blob_size + blob_size(made.id))
        << "what the registry had was sent again";

    use_state("two");
    const auto again =
        pull(*engine_, {.reference = "reg.example/me/web:2", .platform = ""}).images.at(0);
    EXPECT_EQ(again.id, made.id);
    EXPECT_EQ(layer_tree(again.layers[1].chain).read("new", 100), "made");
}

TEST_F(RoundTrip, PushTriesToMountFromTheImagesOtherNames) {
    auto image = *image_;
    image.references = {"reg.example/other/name:1", "docker.io/library/x:1"};
    place_.blobs.clear();
    static_cast<void>(
        push(places_, progress_, {.reference = "reg.example/me/new:1", .image = image}));
    ASSERT_FALSE(place_.mounts.empty());
    for (const auto& from : place_.mounts)
        EXPECT_EQ(from, "other/name");
}

TEST_F(RoundTrip, PushToADigestIsRefused) {
    EXPECT_EQ(failure_of([&] {
                  static_cast<void>(
                      push(places_, progress_,
                           {.reference = "reg.example/x@" + image_->id.str(), .image = *image_}));
              }),
              ErrorCode::InvalidArgument);
}

TEST_F(RoundTrip, SavedImageLoadsWithTheSameIdsAndNames) {
    const std::string tar = saved(*image_);
    EXPECT_EQ(saved(*image_), tar) << "the same image gave other bytes";
    use_state("two");
    const auto loaded = load(*engine_, {}, in_memory(tar).get()).images.at(0);
    EXPECT_EQ(loaded.id, image_->id);
    EXPECT_EQ(loaded.manifest, image_->manifest);
    EXPECT_EQ(loaded.references, std::vector<std::string>{"reg.example/me/web:1"});
    EXPECT_EQ(layer_tree(loaded.layers[0].chain).read("etc/a", 10), "one");
    EXPECT_TRUE(nothing_partial());
}

TEST_F(RoundTrip, PackedArchiveLoadsToo) {
    const std::string tar = test::gzipped(saved(*image_));
    use_state("two");
    EXPECT_EQ(load(*engine_, {}, in_memory(tar).get()).images.at(0).id, image_->id);
}

/// What `docker save` wrote for years: plain layers, the repeated one as a symbolic link.
TEST_F(RoundTrip, OldDockerArchiveLoads) {
    const std::string layer = TarBuilder().file("hello", "world").finish();
    const std::string diff = base::sha256(layer).str();
    const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{"type":"layers",)"
                               R"("diff_ids":[")" +
                               diff + "\",\"" + diff + "\"]}}";
    const std::string tar =
        TarBuilder()
            .dir("a")
            .file("a/layer.tar", layer)
            .file("a/VERSION", "1.0")
            .dir("b")
            .symlink("b/layer.tar", "../a/layer.tar")
            .file("c.json", config)
            .file("manifest.json", R"([{"Config":"c.json","RepoTags":["old:1"],)"
                                   R"("Layers":["a/layer.tar","b/layer.tar"]}])")
            .finish();
    const auto loaded = load(*engine_, {}, in_memory(tar).get()).images.at(0);
    EXPECT_EQ(loaded.id, base::sha256(config));
    EXPECT_EQ(loaded.references, std::vector<std::string>{"docker.io/library/old:1"});
    ASSERT_EQ(loaded.layers.size(), 2U);
    EXPECT_EQ(layer_tree(loaded.layers[1].chain).read("hello", 10), "world");
    EXPECT_TRUE(nothing_partial());
}

TEST_F(RoundTrip, BrokenArchivesAreRefusedAndLeaveNothing) {
    const std::string good = saved(*image_);
    use_state("two");
    const std::string config_name = "blobs/sha256/" + image_->id.hex();
    std::string wrong = good;
    wrong.replace(wrong.find("\"Cmd\""), 5, "\"cmD\"");
    const std::vector<std::string> bad{
        "",
        "no archive at all",
        good.substr(0, good.size() / 2),
        test::gzipped(good).substr(0, 500),
        wrong,
        TarBuilder().file("x", "y").finish(),
        TarBuilder().file("manifest.json", "[{\"Config\":\"../../etc/passwd\"}]").finish(),
        TarBuilder().file("manifest.json", "{}").finish(),
        TarBuilder().symlink("manifest.json", "manifest.json").finish(),
        TarBuilder().file("oci-layout", "{}").file("index.json", "[]").finish(),
    };
    for (const auto& tar : bad) {
        EXPECT_THROW(static_cast<void>(load(*engine_, {}, in_memory(tar).get())), Error)
            << tar.substr(0, 60);
        EXPECT_TRUE(nothing_partial());
        EXPECT_TRUE(storage_->list().empty());
    }
}

TEST_F(RoundTrip, ExportedTreeIsImportedAsOneLayer) {
    const auto box = container();
    const base::Dir tree = layer_tree(LayerId(box.layer));
    tree.write_atomically("new", "made", 0640);
    const base::Fd tar = in_memory("");
    static_cast<void>(export_container(*storage_, {.container = box}, tar.get()));
    ::lseek(tar.get(), 0, SEEK_SET);
    const auto image =
        import_image(*engine_, {.reference = "flat:1", .changes = {"CMD [\"sh\"]"}}, tar.get())
            .images.at(0);
    ASSERT_EQ(image.layers.size(), 1U);
    const base::Dir flat = layer_tree(image.layers[0].chain);
    EXPECT_EQ(flat.read("etc/a", 10), "one");
    EXPECT_EQ(flat.read("new", 10), "made");
    EXPECT_EQ(flat.stat("new")->st_mode & 07777U, 0640U);
    EXPECT_EQ(config_of(image).cmd, std::vector<std::string>{"sh"});
}

TEST_F(RoundTrip, ImportOfNoArchiveIsRefused) {
    for (const std::string& bytes : {std::string(), std::string("text"), std::string(100, '\0')}) {
        EXPECT_EQ(failure_of([&] {
                      static_cast<void>(
                          import_image(*engine_, {.reference = ""}, in_memory(bytes).get()));
                  }),
                  ErrorCode::Corrupt);
    }
    EXPECT_TRUE(nothing_partial());
}

TEST_F(RoundTrip, LoginKeepsWhatTheRegistryAccepts) {
    EXPECT_EQ(login(places_, {.host = "reg.example", .user = "me"}, "right\n").user, "me");
    EXPECT_EQ(find_credentials(0, "reg.example")->secret, "right");
    EXPECT_EQ(failure_of([&] {
                  static_cast<void>(login(places_, {.host = "other.example", .user = "me"}, "no"));
              }),
              ErrorCode::Denied);
    EXPECT_FALSE(find_credentials(0, "other.example"));
    EXPECT_FALSE(find_credentials(1000, "reg.example"));
    const auto file = base::Dir::open(store::auth_dir()).stat("0.json");
    EXPECT_EQ(file->st_mode & 0777U, 0600U);
    EXPECT_TRUE(forget_credentials(0, "reg.example"));
    EXPECT_FALSE(forget_credentials(0, "reg.example"));
}

TEST_F(RoundTrip, SearchNamesResultsInFull) {
    EXPECT_EQ(search(places_, {.term = "localhost:5000/web"}).found.at(0).name,
              "localhost:5000/found/web");
    EXPECT_EQ(search(places_, {.term = "web"}).found.at(0).name, "found/web");
}

} // namespace

} // namespace berth::image
