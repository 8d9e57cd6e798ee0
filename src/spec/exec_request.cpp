// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exec_request.hpp"

#include <nlohmann/json.hpp>

#include <spec/bundle.hpp>
#include <spec/bundle_reader.hpp>

namespace berth::spec {

ExecRequest parse_exec_request(std::string_view json) {
    const auto document = parse_document(json, kBundleLimit, "exec request");
    const Reader reader(document, "exec request");
    ExecRequest request;
    request.container = reader.required_text("container");
    request.argv = reader.texts("argv");
    if (request.argv.empty()) reader.fail("argv", "must have at least one element");
    request.env = reader.texts("env");
    request.cwd = reader.text("cwd");
    if (!request.cwd.empty() && request.cwd.front() != '/') {
        reader.fail("cwd", "must be an absolute path");
    }
    request.user = reader.text("user");
    request.tty = reader.boolean("tty");
    request.privileged = reader.boolean("privileged");
    request.rows = static_cast<std::uint16_t>(reader.number("rows", 65535).value_or(0));
    request.columns = static_cast<std::uint16_t>(reader.number("columns", 65535).value_or(0));
    return request;
}

std::string dump_exec_request(const ExecRequest& request) {
    return nlohmann::json{{"container", request.container},
                          {"argv", request.argv},
                          {"env", request.env},
                          {"cwd", request.cwd},
                          {"user", request.user},
                          {"tty", request.tty},
                          {"privileged", request.privileged},
                          {"rows", request.rows},
                          {"columns", request.columns}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace berth::spec
