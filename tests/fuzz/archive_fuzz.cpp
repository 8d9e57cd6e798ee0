// SPDX-License-Identifier: LGPL-2.1-or-later
// Archives for `berth load`: whatever they hold, reading them ends in files and names or in
// berth::Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>
#include <image/load_formats.hpp>
#include <store/tree.hpp>

namespace {

struct State {
    State() {
        std::string path = "/dev/shm/berth-fuzz-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) std::abort();
        top = path;
        ::setenv("BERTH_STATE_DIR", top.c_str(), 1);
        ::setenv("BERTH_RUNTIME_DIR", (top + "/run").c_str(), 1);
        berth::store::make_tree();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { berth::base::remove_tree(AT_FDCWD, top); }
    std::string top;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const State state;
    const berth::base::Fd tar(::memfd_create("archive", MFD_CLOEXEC));
    berth::base::write_all(tar.get(), {reinterpret_cast<const char*>(data), size});
    ::lseek(tar.get(), 0, SEEK_SET);
    berth::image::SilentProgress progress;
    try {
        berth::image::SpooledArchive archive(tar.get(), progress);
        static_cast<void>(berth::image::read_docker_names(archive));
        if (archive.has("index.json")) static_cast<void>(archive.text("index.json", 1U << 20U));
    } catch (const berth::Error&) { // NOLINT(bugprone-empty-catch): the expected answer
    }
    return 0;
}
