// SPDX-License-Identifier: LGPL-2.1-or-later
// What a later berthd needs to know of a command that runs in a container:
// /run/berth/exec/<id>.note.
#pragma once

#include <map>
#include <string>

namespace berth::daemon {

struct ExecNote {
    std::string container; ///< full id
    std::string client;    ///< bus name that it dies with; empty: with none
};

void write_exec_note(const std::string& id, const ExecNote& note);
void remove_exec_note(const std::string& id) noexcept;
/// By id. Files that are no notes are left out.
[[nodiscard]] std::map<std::string, ExecNote> read_exec_notes();

} // namespace berth::daemon
