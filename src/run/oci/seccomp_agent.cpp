// SPDX-License-Identifier: LGPL-2.1-or-later
#include "seccomp_agent.hpp"

#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <run/oci/sockets.hpp>

namespace berth::run::oci {

void give_listener(const spec::Bundle& bundle, const State& state, pid_t pid,
                   const base::Fd& listener) {
    const auto& policy = *bundle.lnx.seccomp;
    nlohmann::json json{
        {"ociVersion", bundle.oci_version},
        {"fds", {"seccompFd"}},
        {"pid", pid},
        {"state", nlohmann::json::parse(state_json(state, Status::Running, bundle))}};
    if (!policy.listener_metadata.empty()) json["metadata"] = policy.listener_metadata;
    try {
        send_with_fd(connect_stream(policy.listener_path).get(), json.dump(), listener.get());
    } catch (const Error& error) {
        throw with_context("cannot hand the system call filter to its agent", error);
    }
}

} // namespace berth::run::oci
