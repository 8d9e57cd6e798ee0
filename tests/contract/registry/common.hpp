// SPDX-License-Identifier: LGPL-2.1-or-later
// What every registry test needs: the plugin by name, small blobs, errors as values.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <tests/support/scratch_dir.hpp>
#include <unistd.h>

#include <base/hash.hpp>
#include <berth/registry.hpp>
#include <plugin/loader.hpp>

namespace berth::test {

inline constexpr const char* kManifestType = "application/vnd.oci.image.manifest.v1+json";

/// The plugin with a configuration of its own, in directories of its own.
class RegistryTest : public ::testing::Test {
  protected:
    std::unique_ptr<Registry> load(const std::string& name) {
        const std::string top = scratch_.path();
        ::setenv("BERTH_STATE_DIR", (top + "/state").c_str(), 1);
        ::setenv("BERTH_RUNTIME_DIR", (top + "/run").c_str(), 1);
        ::setenv("BERTH_CONFIG_DIR", (top + "/etc").c_str(), 1);
        // Read once a process: the same for every test.
        std::filesystem::create_directories(top + "/etc");
        std::ofstream(top + "/etc/berth.toml") << "[registry.distribution]\nstall-seconds = 2\n";
        return plugin::load_registry(name);
    }
    static std::unique_ptr<RegistrySession>
    open(Registry& registry, const std::string& host, const std::string& repository,
         bool writable = false, std::optional<RegistryCredentials> credentials = std::nullopt) {
        return registry.open({.host = host,
                              .repository = repository,
                              .credentials = std::move(credentials),
                              .writable = writable});
    }

    ScratchDir scratch_;
};

inline ByteSource source_of(const std::string& bytes) {
    return [&bytes](std::uint64_t offset, char* buffer, std::size_t size) {
        return bytes.copy(buffer, size, offset);
    };
}

/// Reads a blob as a pull does: again and again from where it ended.
inline std::string read_all_of(RegistrySession& session, const Digest& digest, std::uint64_t size,
                               std::uint64_t from = 0) {
    std::string bytes;
    for (int tries = 0; from + bytes.size() < size && tries < 100; ++tries) {
        static_cast<void>(session.read_blob(digest, size, from + bytes.size(),
                                            [&](std::string_view piece) { bytes += piece; }));
    }
    return bytes;
}

inline void upload(RegistrySession& session, const std::string& bytes) {
    session.upload_blob(base::sha256(bytes), bytes.size(), source_of(bytes), [](std::uint64_t) {});
}

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

inline std::string manifest_for(const std::string& config) {
    return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
           R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" +
           base::sha256(config).str() + R"(","size":)" + std::to_string(config.size()) +
           R"(},"layers":[]})";
}

} // namespace berth::test
