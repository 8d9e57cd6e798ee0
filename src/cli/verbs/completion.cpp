// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::cli {
namespace {

std::string file_of(const std::string& shell) {
    if (shell == "bash") return BERTH_DATA_DIR "/bash-completion/completions/berth";
    if (shell == "zsh") return BERTH_DATA_DIR "/" BERTH_ZSH_DIR "/_berth";
    if (shell == "fish") return BERTH_DATA_DIR "/fish/vendor_completions.d/berth.fish";
    throw UsageError("there is no completion for '" + base::printable(shell) +
                     "': it is bash, zsh or fish");
}

} // namespace

int completion(Client&, const Arguments& arguments) {
    Options options("completion", "bash|zsh|fish",
                    "Print the completion of a shell (it is installed already)");
    options.need(1, 1);
    const auto words = options.parse(arguments);
    if (!words) return 0;
    std::fputs(base::read_file(file_of(words->front())).c_str(), stdout);
    return 0;
}

} // namespace berth::cli
