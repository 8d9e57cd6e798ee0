// SPDX-License-Identifier: LGPL-2.1-or-later
// An engine of its own for a test: a state directory, the overlay plugin, a registry in memory.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <tests/support/fake_registry.hpp>
#include <tests/support/image_builder.hpp>
#include <tests/support/scratch_dir.hpp>
#include <tests/support/tar_builder.hpp>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <image/engine.hpp>
#include <plugin/loader.hpp>
#include <store/tree.hpp>

namespace berth::test {

inline base::Fd in_memory(const std::string& bytes) {
    base::Fd fd(::memfd_create("bytes", MFD_CLOEXEC));
    base::write_all(fd.get(), bytes);
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

inline std::string from_start(const base::Fd& fd) {
    ::lseek(fd.get(), 0, SEEK_SET);
    return base::read_all(fd.get(), 1U << 30U, "memory");
}

class ImageTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "layers need root; run by ./check in tests/box";
        use_state("one");
        const auto probe = storage_->probe();
        if (!probe.usable) GTEST_SKIP() << probe.reason;
    }

    /// Another engine's state, as on another machine.
    void use_state(const std::string& name) {
        const std::string top = scratch_.path() + "/" + name;
        ::setenv("BERTH_STATE_DIR", (top + "/state").c_str(), 1);
        ::setenv("BERTH_RUNTIME_DIR", (top + "/run").c_str(), 1);
        ::setenv("BERTH_CONFIG_DIR", (top + "/etc").c_str(), 1);
        store::make_tree();
        storage_ = plugin::load_storage("overlay");
        engine_ = std::make_unique<image::Engine>(image::Engine{
            .driver = "overlay", .storage = *storage_, .places = places_, .progress = progress_});
    }

    /// What the layer itself holds, as the overlay driver lays it out.
    [[nodiscard]] base::Dir layer_tree(const LayerId& layer) const {
        return base::Dir::open(store::state_dir() + "/storage/overlay/layers/" + layer.str() +
                               "/diff");
    }
    /// A container's layer on an image's top layer.
    LayerId add_container(const std::optional<LayerId>& on) {
        const LayerId id(base::sha256("container " + std::to_string(++containers_)).hex());
        storage_->create(id, on, {.kind = LayerKind::Container});
        return id;
    }
    [[nodiscard]] static bool nothing_partial() {
        return base::Dir::open(store::partial_blob_dir()).list().empty();
    }

    ScratchDir scratch_;
    FakePlace place_;
    image::SilentProgress progress_;
    image::Places places_{
        0, [this](const std::string&) { return std::make_unique<FakeRegistry>(place_); }};
    std::unique_ptr<Storage> storage_;
    std::unique_ptr<image::Engine> engine_;
    int containers_ = 0;
};

/// The code of the berth::Error that `action` throws; its message in `message`.
template <class Action>
ErrorCode failure_of(Action action, std::string* message = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (message != nullptr) *message = error.what();
        return error.code();
    }
    ADD_FAILURE() << "it did not fail";
    return ErrorCode::Internal;
}

} // namespace berth::test
