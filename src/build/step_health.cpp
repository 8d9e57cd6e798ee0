// SPDX-License-Identifier: LGPL-2.1-or-later
// HEALTHCHECK, which images carry and berth's containers do not run yet.
#include <charconv>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <build/session.hpp>
#include <spec/manifest.hpp>

namespace berth::build {

namespace {

using Json = nlohmann::json;

constexpr double kLongest = 1e9; // seconds

/// "1h2m3.5s", "300ms" in nanoseconds. Source: Go, time.ParseDuration.
std::int64_t parse_duration(const std::string& text) {
    const auto fail = [&] {
        return Error(ErrorCode::InvalidArgument,
                     "'" + base::printable(text) + "' is no time; expected such as 30s or 1m30s");
    };
    double seconds = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    if (at == end) throw fail();
    while (at != end) {
        double number = 0;
        const auto [rest, error] = std::from_chars(at, end, number, std::chars_format::fixed);
        const char* unit = rest;
        while (unit != end && *unit >= 'a' && *unit <= 'z')
            ++unit;
        const std::string_view name(rest, static_cast<std::size_t>(unit - rest));
        const double factor = name == "h"    ? 3600
                              : name == "m"  ? 60
                              : name == "s"  ? 1
                              : name == "ms" ? 1e-3
                              : name == "us" ? 1e-6
                              : name == "ns" ? 1e-9
                                             : 0;
        if (error != std::errc{} || factor == 0 || number < 0) throw fail();
        seconds += number * factor;
        at = unit;
    }
    if (seconds > kLongest) throw fail();
    return static_cast<std::int64_t>(seconds * 1e9);
}

void put_duration(Json& health, const char* key, const dockerfile::Node& node, const char* flag) {
    const std::string text = dockerfile::flag_of(node, flag);
    if (text.empty()) return;
    const std::int64_t value = parse_duration(text);
    if (value != 0 && value < 1'000'000) {
        throw Error(ErrorCode::InvalidArgument,
                    std::string("the ") + flag + " of HEALTHCHECK cannot be less than 1ms");
    }
    if (value != 0) health[key] = value;
}

Json test_of(const dockerfile::Node& node) {
    Json test = Json::array();
    if (base::to_lower(node.args.at(0)) == "none") return {"NONE"};
    test.push_back(node.json ? "CMD" : "CMD-SHELL");
    for (std::size_t at = 1; at < node.args.size(); ++at)
        test.push_back(node.args[at]);
    return test;
}

} // namespace

void step_health(StageState& stage, const dockerfile::Node& node) {
    Json health{{"Test", test_of(node)}};
    put_duration(health, "Interval", node, "interval");
    put_duration(health, "Timeout", node, "timeout");
    put_duration(health, "StartPeriod", node, "start-period");
    put_duration(health, "StartInterval", node, "start-interval");
    const std::string retries = dockerfile::flag_of(node, "retries");
    if (!retries.empty()) {
        const auto count = base::parse_number(retries, 1'000'000);
        if (!count) {
            throw Error(ErrorCode::InvalidArgument,
                        "--retries of HEALTHCHECK must be a number, not '" +
                            base::printable(retries) + "'");
        }
        if (*count > 0) health["Retries"] = *count;
    }
    auto& raw = stage.config.config.raw;
    Json json = raw.empty() ? Json::object()
                            : base::parse_json(raw, spec::kConfigLimit, "the configuration");
    if (!json["config"].is_object()) json["config"] = Json::object();
    json["config"]["Healthcheck"] = std::move(health);
    raw = json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace berth::build
