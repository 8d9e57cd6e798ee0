// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as such: made, stacked, mounted, counted, removed, found again after a crash.
#include "fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <tests/support/tar_builder.hpp>
#include <unistd.h>

#include <base/file.hpp>
#include <base/mount.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::test {

namespace {

class Layers : public StorageContract {};
INSTANTIATE_TEST_SUITE_P(Plugins, Layers, every_plugin(),
                         [](const auto& instance) { return instance.param; });

std::string simple_tar(const std::string& name) {
    return TarBuilder().dir("./").file(name, "content of " + name).finish();
}

ErrorCode code_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

void write_plain(const std::string& path, const std::string& content) {
    std::ofstream(path) << content;
}

} // namespace

TEST_P(Layers, AreEmptyWhenCreatedAndCompleteOnlyWhenToldSo) {
    storage().create(layer_id(1), std::nullopt, {});
    EXPECT_FALSE(storage().is_complete(layer_id(1)));
    EXPECT_TRUE(apply(layer_id(1), simple_tar("a")).ok);
    EXPECT_FALSE(storage().is_complete(layer_id(1)));
    storage().complete(layer_id(1));
    storage().complete(layer_id(1));
    EXPECT_TRUE(storage().is_complete(layer_id(1)));
    EXPECT_TRUE(load_again()->is_complete(layer_id(1)));
    EXPECT_EQ(storage().list(), std::vector<LayerId>{layer_id(1)});
}

TEST_P(Layers, CanBeMadeAnewUntilComplete) {
    storage().create(layer_id(1), std::nullopt, {});
    ASSERT_TRUE(apply(layer_id(1), simple_tar("old")).ok);
    storage().create(layer_id(1), std::nullopt, {});
    ASSERT_TRUE(apply(layer_id(1), simple_tar("new")).ok);
    storage().complete(layer_id(1));
    EXPECT_FALSE(look(layer_id(1)).exists("old"));
    EXPECT_TRUE(look(layer_id(1)).exists("new"));
    EXPECT_EQ(code_of([&] { storage().create(layer_id(1), std::nullopt, {}); }), ErrorCode::Exists);
    EXPECT_EQ(apply(layer_id(1), simple_tar("late")).code, ErrorCode::Busy);
}

TEST_P(Layers, NeedTheirParent) {
    EXPECT_EQ(code_of([&] { storage().create(layer_id(2), layer_id(1), {}); }),
              ErrorCode::NotFound);
    storage().create(layer_id(1), std::nullopt, {});
    LayerOptions container;
    container.kind = LayerKind::Container;
    EXPECT_EQ(code_of([&] { storage().create(layer_id(2), layer_id(1), container); }),
              ErrorCode::Busy);
}

TEST_P(Layers, UnknownOnesAreNotFoundAndRemovingThemIsHarmless) {
    const auto unknown = layer_id(99);
    EXPECT_EQ(code_of([&] { static_cast<void>(storage().mount_plan(unknown, true)); }),
              ErrorCode::NotFound);
    EXPECT_EQ(code_of([&] { static_cast<void>(storage().usage(unknown)); }), ErrorCode::NotFound);
    EXPECT_EQ(code_of([&] { static_cast<void>(storage().changes(unknown)); }), ErrorCode::NotFound);
    EXPECT_EQ(code_of([&] { storage().complete(unknown); }), ErrorCode::NotFound);
    EXPECT_EQ(apply(unknown, simple_tar("a")).code, ErrorCode::NotFound);
    EXPECT_FALSE(storage().is_complete(unknown));
    storage().remove(unknown);
}

TEST_P(Layers, AreRemovedChildrenFirst) {
    make_layer(layer_id(1), std::nullopt, simple_tar("one"));
    make_layer(layer_id(2), layer_id(1), simple_tar("two"));
    make_container(layer_id(3), layer_id(2));
    EXPECT_EQ(code_of([&] { storage().remove(layer_id(1)); }), ErrorCode::Busy);
    EXPECT_EQ(code_of([&] { storage().remove(layer_id(2)); }), ErrorCode::Busy);
    storage().remove(layer_id(3));
    storage().remove(layer_id(2));
    storage().remove(layer_id(1));
    storage().remove(layer_id(1));
    EXPECT_TRUE(storage().list().empty());
    EXPECT_TRUE(storage().check(false, {}).empty());
    EXPECT_EQ(run("find " + state_dir() + " -name '*0*'"), "");
}

TEST_P(Layers, OfAContainerAreWritableAndLeaveTheirParentAlone) {
    make_layer(layer_id(1), std::nullopt, simple_tar("file"));
    make_container(layer_id(2), layer_id(1));
    change(layer_id(2), [](const std::string& root) {
        write_plain(root + "/file", "changed");
        write_plain(root + "/new", "new");
    });
    EXPECT_EQ(look(layer_id(2)).read("file", 100), "changed");
    EXPECT_EQ(look(layer_id(1)).read("file", 100), "content of file");
    EXPECT_FALSE(look(layer_id(1)).exists("new"));
}

TEST_P(Layers, WithoutParentCanBeAContainers) {
    make_container(layer_id(1), std::nullopt);
    change(layer_id(1), [](const std::string& root) { write_plain(root + "/new", "new"); });
    EXPECT_TRUE(look(layer_id(1)).exists("new"));
}

TEST_P(Layers, AreReadOnlyWhenAskedSo) {
    make_layer(layer_id(1), std::nullopt, simple_tar("file"));
    make_container(layer_id(2), layer_id(1));
    for (const unsigned number : {1U, 2U}) {
        const std::string target = scratch() + "/ro";
        base::make_directories(target, 0700);
        base::mount_at(storage().mount_plan(layer_id(number), true), target);
        EXPECT_EQ(::open((target + "/file").c_str(), O_WRONLY | O_CLOEXEC), -1);
        EXPECT_EQ(errno, EROFS);
        ::umount2(target.c_str(), 0);
    }
    EXPECT_EQ(code_of([&] { static_cast<void>(storage().mount_plan(layer_id(1), false)); }),
              ErrorCode::Busy);
}

TEST_P(Layers, GiveAContainerTheRootOfItsImage) {
    TarEntry root;
    root.name = "./";
    root.type = '5';
    root.mode = 01751;
    root.uid = 12;
    root.gid = 34;
    make_layer(layer_id(1), std::nullopt, TarBuilder().add(root).file("a").finish());
    // Layers above without an entry for the root change nothing about it.
    make_layer(layer_id(2), layer_id(1), TarBuilder().file("b").finish());
    make_layer(layer_id(3), layer_id(2), TarBuilder().file("c").finish());
    make_container(layer_id(4), layer_id(3));
    for (const unsigned number : {1U, 2U, 3U, 4U}) {
        const auto status = look(layer_id(number)).stat(".");
        EXPECT_EQ(status->st_mode & 07777U, 01751U) << number;
        EXPECT_EQ(status->st_uid, 12U) << number;
        EXPECT_EQ(status->st_gid, 34U) << number;
        EXPECT_EQ(status->st_mtim.tv_sec, 1'600'000'000) << number;
    }
}

TEST_P(Layers, StackAHundredAndTwentyDeep) {
    std::optional<LayerId> parent;
    for (unsigned number = 1; number <= 120; ++number) {
        make_layer(layer_id(number), parent, simple_tar("f" + std::to_string(number)));
        parent = layer_id(number);
    }
    make_container(layer_id(1000), parent);
    change(layer_id(1000), [](const std::string& root) { write_plain(root + "/f1", "mine"); });
    const auto tree = look(layer_id(1000));
    EXPECT_EQ(tree.list().size(), 120U);
    EXPECT_EQ(tree.read("f1", 100), "mine");
    EXPECT_EQ(tree.read("f120", 100), "content of f120");
}

TEST_P(Layers, BeyondTheGreatestDepthAreRefusedClearly) {
    const unsigned depth = storage().traits().max_depth;
    std::optional<LayerId> parent;
    unsigned number = 1;
    for (; number < depth; ++number) {
        storage().create(layer_id(number), parent, {});
        parent = layer_id(number);
    }
    storage().create(layer_id(number), parent, {});
    EXPECT_TRUE(look(layer_id(number)).list().empty());
    EXPECT_EQ(code_of([&] { storage().create(layer_id(number + 1), layer_id(number), {}); }),
              ErrorCode::Exhausted);
}

TEST_P(Layers, CountWhatDuCounts) {
    make_layer(layer_id(1), std::nullopt,
               TarBuilder()
                   .dir("./")
                   .dir("d")
                   .file("d/a", std::string(300'000, 'a'))
                   .hard_link("d/b", "d/a")
                   .symlink("s", "d/a")
                   .finish());
    const auto usage = storage().usage(layer_id(1));
    const auto root = look(layer_id(1));
    const std::uint64_t counted =
        std::stoull(base::split(run("du -s --block-size=1 /proc/" + std::to_string(::getpid()) +
                                    "/fd/" + std::to_string(root.fd()) + "/"),
                                '\t')[0]);
    if (storage().traits().independent_layers) {
        EXPECT_EQ(usage.bytes, counted);
        EXPECT_EQ(usage.inodes, 4U);
    } else {
        // A device is counted in its blocks, with what its file system needs for itself.
        EXPECT_GE(usage.bytes, counted);
        EXPECT_LE(usage.bytes, counted + (8U << 20U));
    }
}

TEST_P(Layers, OfAJobThatDiedAreSwept) {
    make_layer(layer_id(1), std::nullopt, simple_tar("whole"));
    storage().create(layer_id(2), layer_id(1), {});
    ASSERT_TRUE(apply(layer_id(2), simple_tar("part")).ok);
    storage().create(layer_id(3), layer_id(1), {});
    make_container(layer_id(4), layer_id(1));

    const std::vector<LayerId> running{layer_id(3)};
    const auto found = storage().check(false, running);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].text.find(layer_id(2).str()), std::string::npos);
    EXPECT_FALSE(found[0].repaired);
    EXPECT_EQ(storage().list().size(), 4U);

    EXPECT_TRUE(storage().check(true, running).at(0).repaired);
    const std::vector<LayerId> left{layer_id(1), layer_id(3), layer_id(4)};
    EXPECT_EQ(storage().list(), left);
    EXPECT_TRUE(storage().check(false, running).empty());
}

TEST_P(Layers, WithAMissingParentAreNamedAndKept) {
    make_layer(layer_id(1), std::nullopt, simple_tar("one"));
    make_container(layer_id(2), layer_id(1));
    run("rm -rf " + state_dir() + "/layers/" + layer_id(1).str());
    const auto found = storage().check(true, {});
    const auto named = std::find_if(found.begin(), found.end(), [](const Finding& finding) {
        return finding.text.find(layer_id(2).str()) != std::string::npos;
    });
    ASSERT_NE(named, found.end());
    EXPECT_FALSE(named->repaired);
    const auto left = storage().list();
    EXPECT_EQ(left, std::vector<LayerId>{layer_id(2)});
    EXPECT_EQ(code_of([&] { static_cast<void>(storage().mount_plan(layer_id(2), false)); }),
              ErrorCode::Corrupt);
    storage().remove(layer_id(2));
}

TEST_P(Layers, AreCreatedAndRemovedByManyAtOnce) {
    make_layer(layer_id(1), std::nullopt, simple_tar("base"));
    constexpr unsigned kProcesses = 4;
    constexpr unsigned kEach = 50;
    std::vector<pid_t> children;
    for (unsigned process = 0; process < kProcesses; ++process) {
        const pid_t child = ::fork();
        if (child == 0) {
            int status = 1;
            try {
                const auto mine = load_again();
                for (unsigned i = 0; i < kEach; ++i) {
                    LayerOptions options;
                    options.kind = LayerKind::Container;
                    const auto id = layer_id(100 + process * kEach + i);
                    mine->create(id, layer_id(1), options);
                    if (i % 2 == 1) mine->remove(id);
                }
                status = 0;
            } catch (const std::exception& error) {
                std::fprintf(stderr, "%s\n", error.what());
            }
            ::_exit(status);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(storage().list().size(), 1 + kProcesses * kEach / 2);
    EXPECT_TRUE(storage().check(false, {}).empty());
}

TEST_P(Layers, WithALimitAreRefusedWhereThereIsNoQuota) {
    if (storage().traits().quota) GTEST_SKIP() << "this driver has quota";
    LayerOptions options;
    options.size_limit = 1U << 30U;
    EXPECT_EQ(code_of([&] { storage().create(layer_id(1), std::nullopt, options); }),
              ErrorCode::Unsupported);
}

TEST_P(Layers, AreRemovedHoweverDeepTheirTreesAre) {
    make_layer(layer_id(1), std::nullopt, simple_tar("base"));
    make_container(layer_id(2), layer_id(1));
    change(layer_id(2), [](const std::string& root) {
        // Deeper than any path can be long, as a container can make it.
        const base::Fd here(::open(".", O_PATH | O_CLOEXEC));
        ASSERT_EQ(::chdir(root.c_str()), 0);
        const std::string name(200, 'd');
        for (int depth = 0; depth < 300; ++depth) {
            ASSERT_EQ(::mkdir(name.c_str(), 0700), 0);
            ASSERT_EQ(::chdir(name.c_str()), 0);
        }
        write_plain("bottom", "x");
        ASSERT_EQ(::fchdir(here.get()), 0);
    });
    if (storage().traits().independent_layers) {
        EXPECT_EQ(storage().usage(layer_id(2)).inodes, 302U);
    }
    storage().remove(layer_id(2));
    EXPECT_EQ(storage().list(), std::vector<LayerId>{layer_id(1)});
    EXPECT_TRUE(storage().check(false, {}).empty());
}

TEST_P(Layers, LeaveNoMountBehind) {
    const std::string before = base::read_file("/proc/self/mountinfo");
    make_layer(layer_id(1), std::nullopt, simple_tar("base"));
    make_layer(layer_id(2), layer_id(1), TarBuilder().file("missing/parent").finish());
    make_container(layer_id(3), layer_id(2));
    static_cast<void>(storage().changes(layer_id(3)));
    static_cast<void>(storage().mount_plan(layer_id(3), false));
    static_cast<void>(diff(layer_id(3)));
    storage().remove(layer_id(3));
    EXPECT_EQ(base::read_file("/proc/self/mountinfo"), before);
}

} // namespace berth::test
