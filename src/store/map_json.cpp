// SPDX-License-Identifier: LGPL-2.1-or-later
#include "map_json.hpp"

#include <nlohmann/json.hpp>

#include <berth/error.hpp>

namespace berth::store {

std::string dump_map(const std::map<std::string, std::string>& map) {
    // Labels come from images and may hold any bytes; the record must still be valid JSON.
    return nlohmann::json(map).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::map<std::string, std::string> parse_map(const std::string& json) {
    try {
        return nlohmann::json::parse(json).get<std::map<std::string, std::string>>();
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::Corrupt,
                    std::string("a record holds a damaged map: ") + error.what());
    }
}

} // namespace berth::store
