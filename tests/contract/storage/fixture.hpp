// SPDX-License-Identifier: LGPL-2.1-or-later
// A storage plugin as the engine has it: loaded from its .so, on a directory of its own on a real
// file system. Needs root; the whole program runs in a private mount namespace (main.cpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/support/tree_snapshot.hpp>

#include <base/dir.hpp>
#include <berth/storage.hpp>

namespace berth::test {

/// A layer id of the number's digits.
[[nodiscard]] LayerId layer_id(unsigned number);

/// How something ended that ran in a process of its own.
struct Outcome {
    bool ok = false;
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    Applied applied;
};

/// The name of every storage plugin there is, whether or not this machine can run it.
[[nodiscard]] ::testing::internal::ParamGenerator<std::string> every_plugin();

class StorageContract : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] Storage& storage() const { return *storage_; }
    /// A second object of the same plugin on the same state, as another process has it.
    [[nodiscard]] std::unique_ptr<Storage> load_again() const;
    [[nodiscard]] const std::string& scratch() const { return scratch_->path(); }
    /// The plugin's own directory.
    [[nodiscard]] std::string state_dir() const;

    /// Storage::apply() or apply_on_parents() of these bytes, in a process made for it.
    [[nodiscard]] Outcome apply(const LayerId& id, const std::string& tar,
                                std::uint64_t max_bytes = UINT64_MAX, bool on_parents = false);
    /// Creates, applies and completes an image layer; falls back on the parents as the engine does.
    void make_layer(const LayerId& id, const std::optional<LayerId>& parent,
                    const std::string& tar);
    void make_container(const LayerId& id, const std::optional<LayerId>& parent);

    /// The merged tree, open for reading; seen by nobody else.
    [[nodiscard]] base::Dir look(const LayerId& id);
    /// Mounts the layer writable, runs `work` on its path, unmounts.
    void change(const LayerId& id, const std::function<void(const std::string&)>& work);
    [[nodiscard]] std::string diff(const LayerId& id);

  private:
    std::unique_ptr<ScratchDir> scratch_;
    std::unique_ptr<Storage> storage_;
};

/// Runs a program and returns what it printed; fails the test when it fails.
std::string run(const std::string& command);

} // namespace berth::test
