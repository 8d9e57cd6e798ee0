// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fixture.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/mount.hpp>
#include <berth/error.hpp>
#include <plugin/loader.hpp>

namespace berth::test {

namespace {

base::Fd in_memory(const std::string& bytes) {
    base::Fd fd(::memfd_create("tar", MFD_CLOEXEC));
    base::write_all(fd.get(), bytes);
    ::lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

/// Runs `work` in a child and brings its Outcome over a shared page.
Outcome in_child(const std::function<Applied()>& work) {
    struct Shared {
        bool ok;
        ErrorCode code;
        Applied applied;
        std::array<char, 4000> message;
    };
    void* page =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto* shared = new (page) Shared{};
    shared->code = ErrorCode::Internal;
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            shared->applied = work();
            shared->ok = true;
        } catch (const Error& error) {
            shared->code = error.code();
            std::snprintf(shared->message.data(), shared->message.size(), "%s", error.what());
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    Outcome outcome{shared->ok, shared->code, shared->message.data(), shared->applied};
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        outcome.ok = false;
        outcome.message = "the process died, status " + std::to_string(status);
    }
    ::munmap(page, sizeof(Shared));
    return outcome;
}

} // namespace

LayerId layer_id(unsigned number) {
    std::array<char, 65> text{};
    std::snprintf(text.data(), text.size(), "%064x", number);
    return LayerId(text.data());
}

::testing::internal::ParamGenerator<std::string> every_plugin() {
    std::vector<std::string> names;
    for (const auto& plugin : plugin::list_plugins()) {
        if (plugin.kind == PluginKind::Storage) names.push_back(plugin.name);
    }
    return ::testing::ValuesIn(names);
}

/// What a plugin can't do without; the smallest that the suite fits in. Read once a process, so the
/// same for every test.
constexpr const char* kSettings = "[storage.devicemapper]\n"
                                  "loopback = true\n"
                                  "loopback-size = \"3G\"\n"
                                  "loopback-metadata-size = \"16M\"\n"
                                  "size = \"512M\"\n";

void StorageContract::SetUp() {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "storage drivers need root; run by ./check in tests/box";
    }
    scratch_ = std::make_unique<ScratchDir>();
    ::setenv("BERTH_STATE_DIR", (scratch() + "/state").c_str(), 1);
    ::setenv("BERTH_RUNTIME_DIR", (scratch() + "/run").c_str(), 1);
    ::setenv("BERTH_CONFIG_DIR", (scratch() + "/etc").c_str(), 1);
    base::make_directories(scratch() + "/etc", 0700);
    std::ofstream(scratch() + "/etc/berth.toml") << kSettings;
    storage_ = load_again();
    const Probe probe = storage_->probe();
    if (!probe.usable) GTEST_SKIP() << GetParam() << ": " << probe.reason;
}

/// The pool outlives its object, as it must for the engine.
void StorageContract::TearDown() {
    if (GetParam() != "devicemapper" || IsSkipped()) return;
    const std::string tag = base::sha256(state_dir()).hex().substr(0, 8);
    run("true; for device in $(dmsetup ls | grep -o '^berth-" + tag +
        "-[0-9a-f]*' | grep -v pool) berth-" + tag +
        "-pool; do ! dmsetup info $device || dmsetup remove --retry $device; done");
}

std::unique_ptr<Storage> StorageContract::load_again() const {
    return plugin::load_storage(GetParam());
}

std::string StorageContract::state_dir() const {
    return scratch() + "/state/storage/" + GetParam();
}

Outcome StorageContract::apply(const LayerId& id, const std::string& tar, std::uint64_t max_bytes,
                               bool on_parents) {
    const auto fd = in_memory(tar);
    return in_child([&] {
        return on_parents ? storage().apply_on_parents(id, fd.get(), max_bytes)
                          : storage().apply(id, fd.get(), max_bytes);
    });
}

void StorageContract::make_layer(const LayerId& id, const std::optional<LayerId>& parent,
                                 const std::string& tar) {
    storage().create(id, parent, {});
    auto outcome = apply(id, tar);
    if (!outcome.ok && outcome.code == ErrorCode::Busy) {
        outcome = apply(id, tar, UINT64_MAX, true);
    }
    ASSERT_TRUE(outcome.ok) << outcome.message;
    storage().complete(id);
}

void StorageContract::make_container(const LayerId& id, const std::optional<LayerId>& parent) {
    LayerOptions options;
    options.kind = LayerKind::Container;
    storage().create(id, parent, options);
}

base::Dir StorageContract::look(const LayerId& id) {
    return base::Dir(base::open_mounted(storage().mount_plan(id, true), scratch()));
}

void StorageContract::change(const LayerId& id,
                             const std::function<void(const std::string&)>& work) {
    const std::string target = scratch() + "/mnt";
    base::make_directories(target, 0700);
    base::mount_at(storage().mount_plan(id, false), target);
    work(target);
    ASSERT_EQ(::umount2(target.c_str(), 0), 0) << std::strerror(errno);
    storage().deactivate(id);
}

std::string StorageContract::diff(const LayerId& id) {
    const base::Fd fd(::memfd_create("diff", MFD_CLOEXEC));
    storage().diff(id, fd.get());
    ::lseek(fd.get(), 0, SEEK_SET);
    return base::read_all(fd.get(), 1U << 30U, "diff");
}

std::string run(const std::string& command) {
    FILE* pipe = ::popen(("LC_ALL=C " + command + " 2>&1").c_str(), "re");
    std::string output;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        output.append(buffer.data(), count);
    }
    EXPECT_EQ(::pclose(pipe), 0) << command << "\n" << output;
    return output;
}

} // namespace berth::test
