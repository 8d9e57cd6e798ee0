// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-oci: starts the real program from a read-only mount of its own, see run/protected_exec.hpp.
#include <run/protected_exec.hpp>

int main(int /*count*/, char** arguments, char** environment) {
    berth::run::protected_exec("berth-oci", arguments, environment);
}
