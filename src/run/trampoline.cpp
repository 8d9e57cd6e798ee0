// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-run: starts the real runner, see protected_exec.hpp.
#include <cstring>

#include <unistd.h>

#include <run/protected_exec.hpp>

int main(int count, char** arguments, char** environment) {
    char buffer[4096];
    if (count > 1 && std::strcmp(arguments[1], "stopped") == 0) {
        // The container is gone: there is nobody to be protected from.
        ::execve(berth::run::program_path("berth-stopped", buffer, sizeof buffer), arguments,
                 environment);
        berth::run::fail_exec("start");
    }
    berth::run::protected_exec("berth-runner", arguments, environment);
}
