// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"

#include <type_traits>

#include <nlohmann/json.hpp>

namespace berth::cli {
namespace {

nlohmann::json to_json(const bus::Value& value) {
    return std::visit(
        [](const auto& held) -> nlohmann::json {
            using Held = std::remove_cvref_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, bus::ObjectPath>) {
                return held.path;
            } else if constexpr (std::is_same_v<Held, bus::SharedFd>) {
                return nullptr;
            } else if constexpr (std::is_same_v<Held, bus::Dict>) {
                return cli::to_json(held);
            } else if constexpr (std::is_same_v<Held, std::vector<bus::Dict>>) {
                nlohmann::json list = nlohmann::json::array();
                for (const auto& dict : held)
                    list.push_back(cli::to_json(dict));
                return list;
            } else {
                return held;
            }
        },
        value.data);
}

} // namespace

nlohmann::json to_json(const bus::Dict& dict) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, value] : dict.entries())
        object[key] = to_json(value);
    return object;
}

} // namespace berth::cli
