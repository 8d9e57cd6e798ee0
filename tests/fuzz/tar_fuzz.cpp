// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers' archives: whatever they hold, unpacking ends in a tree or in berth::Error, inside the
// directory. Run it as root in a throwaway machine (tests/box): unprivileged it stops at owners.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <plugins/storage/tar/apply.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace {

/// A directory with a neighbour that nothing may touch.
struct Arena {
    Arena() {
        std::string path = "/dev/shm/berth-fuzz-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) std::abort();
        top = path;
        ::mkdir((top + "/tree").c_str(), 0755);
        ::mkdir((top + "/neighbour").c_str(), 0755);
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() { berth::base::remove_tree(AT_FDCWD, top); }
    std::string top;
};

void unpack(const Arena& arena, int tar, berth::tar::WhiteoutStyle style,
            berth::tar::MissingParents missing) {
    ::lseek(tar, 0, SEEK_SET);
    const auto tree = berth::base::Dir::open(arena.top + "/tree");
    berth::tar::ApplyOptions options;
    options.whiteouts = style;
    options.missing_parents = missing;
    options.max_bytes = 1U << 22U;
    options.max_entries = 1000;
    try {
        static_cast<void>(berth::tar::apply(tar, tree.fd(), options));
    } catch (const berth::Error&) { // NOLINT(bugprone-empty-catch): the expected answer
    }
    berth::base::empty_directory(tree.fd());
    if (!berth::base::Dir::open(arena.top + "/neighbour").list().empty()) std::abort();
    const std::array<std::string, 2> expected{"neighbour", "tree"};
    const auto names = berth::base::Dir::open(arena.top).list();
    if (names.size() != 2 || names[0] != expected[0] || names[1] != expected[1]) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Arena arena;
    const berth::base::Fd tar(::memfd_create("tar", MFD_CLOEXEC));
    berth::base::write_all(tar.get(), {reinterpret_cast<const char*>(data), size});
    using berth::tar::MissingParents;
    using berth::tar::WhiteoutStyle;
    unpack(arena, tar.get(), WhiteoutStyle::None, MissingParents::Make);
    unpack(arena, tar.get(), WhiteoutStyle::Overlay, MissingParents::NeedBelow);
    unpack(arena, tar.get(), WhiteoutStyle::Delete, MissingParents::Make);
    return 0;
}
