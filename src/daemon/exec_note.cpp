// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec_note.hpp"

#include <unistd.h>

#include <base/dir.hpp>
#include <base/strings.hpp>
#include <store/tree.hpp>

namespace berth::daemon {

namespace {

constexpr std::string_view kSuffix = ".note";
constexpr std::uint64_t kLimit = 4096;

std::string directory() {
    const std::string path = store::exec_request_path("0");
    return path.substr(0, path.rfind('/'));
}

} // namespace

void write_exec_note(const std::string& id, const ExecNote& note) {
    base::Dir::open(directory())
        .write_atomically(id + std::string(kSuffix), note.container + " " + note.client, 0600);
}

void remove_exec_note(const std::string& id) noexcept {
    ::unlink((directory() + "/" + id + std::string(kSuffix)).c_str());
}

std::map<std::string, ExecNote> read_exec_notes() {
    std::map<std::string, ExecNote> notes;
    const base::Dir dir = base::Dir::open(directory());
    for (const std::string& name : dir.list()) {
        if (!name.ends_with(kSuffix)) continue;
        const auto words = base::split(dir.read(name, kLimit), ' ');
        if (words.size() != 2) continue;
        notes[name.substr(0, name.size() - kSuffix.size())] = {words[0], words[1]};
    }
    return notes;
}

} // namespace berth::daemon
