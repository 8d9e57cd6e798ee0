// SPDX-License-Identifier: LGPL-2.1-or-later
// An engine on fakes with one image in it, "busybox:1".
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <tests/unit/container/fakes.hpp>

#include <base/dir.hpp>
#include <base/hash.hpp>
#include <container/create.hpp>
#include <container/start.hpp>

namespace berth::test {

class EngineTest : public ::testing::Test {
  protected:
    EngineTest() { add_image(R"({"Cmd":["sh"],"Env":["PATH=/bin"],"Volumes":{"/data":{}}})"); }

    ScratchState state_;
    store::Store store_;
    FakeUnits units_;
    FakePlugins plugins_;
    spec::EngineConfig config_;
    container::Engine engine_{store_, units_, plugins_, config_};

    void add_image(const std::string& run_config) {
        const std::string diff = "sha256:" + std::string(64, 'a');
        const std::string json = R"({"architecture":"amd64","os":"linux","config":)" + run_config +
                                 R"(,"rootfs":{"type":"layers","diff_ids":[")" + diff + R"("]}})";
        const Digest id = base::sha256(json);
        base::Dir::open(store::blob_dir()).write_atomically(id.hex(), json, 0600);
        store::ImageRecord image{.id = id, .manifest = Digest::from_hex(std::string(64, 'b'))};
        image.architecture = "amd64";
        image.os = "linux";
        const LayerId chain(std::string(64, 'a'));
        store_.add_image(image,
                         {{.chain = chain,
                           .diff = Digest(diff),
                           .size = 1,
                           .driver = "overlay",
                           .blob = Digest(diff),
                           .media_type = "tar",
                           .blob_size = 1}},
                         {"docker.io/library/busybox:1"});
        plugins_.disk.layers.insert(chain.str());
    }
    container::Prepared prepare(const std::string& name, spec::ConfigMap config = {}) {
        return container::prepare(
            engine_, {.name = name, .image = "busybox:1", .config = std::move(config)});
    }
    ContainerId create(const std::string& name, spec::ConfigMap config = {}) {
        return container::create(engine_, prepare(name, std::move(config))).record.id;
    }
    ContainerId run(const std::string& name, spec::ConfigMap config = {}) {
        return container::run(engine_, prepare(name, std::move(config)), {}).created.record.id;
    }
    store::ContainerRecord record(const std::string& name) { return store_.find_container(name); }
    /// The unit ends by itself and berth-run records it.
    void unit_ends(const std::string& name, int exit_code) {
        const auto ended = record(name);
        units_.units.erase(ended.unit);
        store_.record_exit(ended.id, {.finished_at = store::now(),
                                      .exit_code = exit_code,
                                      .result = exit_code == 0 ? "success" : "exit-code"});
    }
    static std::size_t entries(const std::string& dir) {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir),
                                                      std::filesystem::directory_iterator()));
    }
    /// Nothing is there but the image.
    void expect_nothing_left() {
        EXPECT_TRUE(store_.containers().empty());
        EXPECT_TRUE(store_.volumes().empty());
        EXPECT_EQ(plugins_.disk.layers.size(), 1U);
        EXPECT_TRUE(units_.units.empty());
        EXPECT_EQ(entries(store::containers_dir()), 0U);
        EXPECT_EQ(entries(store::volumes_dir()), 0U);
        for (const auto& network : store_.networks())
            EXPECT_TRUE(store_.leases(network.id).empty());
    }
    ErrorCode code_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            message_ = error.what();
            return error.code();
        }
        ADD_FAILURE() << "nothing was thrown";
        return ErrorCode::Internal;
    }
    std::string message_;
};

} // namespace berth::test
