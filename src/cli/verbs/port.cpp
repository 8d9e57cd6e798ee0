// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

std::string address(const nlohmann::json& binding) {
    const std::string ip = binding.value("HostIp", "");
    const bool six = ip.find(':') != std::string::npos;
    return (ip.empty() ? "0.0.0.0"
            : six      ? "[" + ip + "]"
                       : ip) +
           ":" + binding.value("HostPort", "");
}

} // namespace

int port(Client& client, const Arguments& arguments) {
    Options options("port", "CONTAINER [PORT[/PROTO]]", "Show where published ports are reached");
    options.need(1, 2);
    const auto words = options.parse(arguments);
    if (!words) return 0;
    const auto document =
        nlohmann::json::parse(client
                                  .on(client.container((*words)[0]), kContainerInterface, "Inspect",
                                      std::string("docker"))
                                  .read<std::string>());
    const nlohmann::json none = nlohmann::json::object();
    const auto& ports = document.value("NetworkSettings", none).value("Ports", none);
    std::string wanted = words->size() > 1 ? (*words)[1] : "";
    if (!wanted.empty() && wanted.find('/') == std::string::npos) wanted += "/tcp";
    bool found = false;
    for (const auto& [key, bindings] : ports.items()) {
        if (!bindings.is_array() || (!wanted.empty() && key != wanted)) continue;
        for (const auto& binding : bindings) {
            found = true;
            if (wanted.empty())
                std::printf("%s -> %s\n", key.c_str(), address(binding).c_str());
            else
                std::puts(address(binding).c_str());
        }
    }
    if (found || wanted.empty()) return 0;
    complain("container '" + (*words)[0] + "' does not publish port " + base::printable(wanted));
    return kFailed;
}

} // namespace berth::cli
