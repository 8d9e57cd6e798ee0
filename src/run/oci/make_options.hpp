// SPDX-License-Identifier: LGPL-2.1-or-later
// The options that `create` and `run` share.
#pragma once

#include <array>

#include <run/oci/making.hpp>

namespace berth::run::oci {

inline constexpr std::array<Option, 7> kMakeOptions{{
    {"bundle", 'b', "DIR", "the bundle's directory; the default is the current one"},
    {"config", 'f', "FILE", "its configuration; the default is config.json"},
    {"console-socket", 0, "SOCKET", "is sent the master of the container's terminal"},
    {"pid-file", 0, "FILE", "is written the process id"},
    {"preserve-fds", 0, "N", "passes N descriptors beyond 0, 1 and 2"},
    {"no-pivot", 0, "", "moves the root instead of pivoting to it (for an initramfs)"},
    {"no-new-keyring", 0, "", "keeps the caller's session keyring"},
}};

[[nodiscard]] inline MakeRequest make_request(const Arguments& arguments) {
    MakeRequest request;
    request.id = arguments.only("container's id");
    request.bundle = arguments.text("bundle", ".");
    request.config = arguments.text("config", "config.json");
    request.console_socket = arguments.text("console-socket");
    request.pid_file = arguments.text("pid-file");
    request.preserve_fds =
        static_cast<unsigned>(arguments.number("preserve-fds", 1024).value_or(0));
    request.pivot = !arguments.is_on("no-pivot");
    request.new_keyring = !arguments.is_on("no-new-keyring");
    return request;
}

} // namespace berth::run::oci
